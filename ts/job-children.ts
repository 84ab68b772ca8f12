import { JobParts } from './job-parts';
import { answer } from './native-answer';
import type { ParentOptions } from './options/job-options';
import { measureMove } from './telemetry/end-spans';
import type { JobProgress, Untyped } from './types';

/** A part of the children of one kind. */
export interface DependencyOpts {
  /** Where to go on: what the call before answered. Default: the beginning. */
  cursor?: number | undefined;
  /** About how many to answer; all of a small number. Default 20. */
  count?: number | undefined;
}

/** Which children {@link Job.getDependencies} answers: a part of each kind that is named. */
export interface DependenciesOpts {
  /** Children that failed the parent. */
  failed?: DependencyOpts | undefined;
  /** Children that failed, which the parent may go on without. */
  ignored?: DependencyOpts | undefined;
  /** Children that completed. */
  processed?: DependencyOpts | undefined;
  /** Children that have not ended. */
  unprocessed?: DependencyOpts | undefined;
}

/** Children of a job by what became of them, and where to go on. Jobs are named by their full keys. */
export interface JobDependencies {
  /** Keys of the children that failed the parent. */
  failed?: string[];
  /** Where `failed` goes on; 0 if that was all. */
  nextFailedCursor?: number;
  /** Reasons of the children that failed, which the parent may go on without. */
  ignored?: Record<string, Untyped>;
  /** Where `ignored` goes on; 0 if that was all. */
  nextIgnoredCursor?: number;
  /** Return values of the children that completed. */
  processed?: Record<string, Untyped>;
  /** Where `processed` goes on; 0 if that was all. */
  nextProcessedCursor?: number;
  /** Keys of the children that have not ended. */
  unprocessed?: string[];
  /** Where `unprocessed` goes on; 0 if that was all. */
  nextUnprocessedCursor?: number;
}

/** Options of {@link Job.moveToWaitingChildren}. */
export interface MoveToWaitingChildrenOpts {
  /** The child to wait for. Default: all of them. */
  child?: ParentOptions | undefined;
}

type Kind = keyof DependenciesOpts;

const KINDS: readonly Kind[] = ['processed', 'unprocessed', 'ignored', 'failed'];

/** What a job has to do with its children and its parent. */
export abstract class JobChildren<Data, Result, Name extends string, Progress extends JobProgress> extends JobParts<
  Data,
  Result,
  Name,
  Progress
> {
  /** Return values of the children that completed, by the children's full keys. They stay when the children are removed. */
  async getChildrenValues<ChildResult = Untyped>(): Promise<Record<string, ChildResult>> {
    const { processed = {} } = await this.children(['processed']);
    return processed;
  }

  /** Reasons of the children that failed and were ignored (`ignoreDependencyOnFailure`, `continueParentOnFailure`), by their keys. */
  async getIgnoredChildrenFailures(): Promise<Record<string, string>> {
    const { ignored = {} } = await this.children(['ignored']);
    return ignored;
  }

  /** @deprecated Use {@link Job.getIgnoredChildrenFailures}. */
  getFailedChildrenValues(): Promise<Record<string, string>> {
    return this.getIgnoredChildrenFailures();
  }

  /** The children by what became of them: all of them, or with `opts` a part of each kind that is named. */
  async getDependencies(opts: DependenciesOpts = {}): Promise<JobDependencies> {
    const scans = KINDS.flatMap((kind) => {
      const { cursor, count } = opts[kind] ?? {};
      return opts[kind]
        ? [{ kind, ...(cursor !== undefined && { cursor }), ...(count !== undefined && { count }) }]
        : [];
    });
    if (scans.length === 0) {
      return this.children(KINDS);
    }
    return JSON.parse(await answer(this.queue.native.scanChildren(this.knownId(), scans))) as JobDependencies;
  }

  /** How many children there are, by what became of them: of all kinds, or of those that are named. */
  async getDependenciesCount(opts: Partial<Record<Kind, boolean>> = {}): Promise<Partial<Record<Kind, number>>> {
    const named = KINDS.filter((kind) => opts[kind]);
    const kinds = named.length === 0 ? [...KINDS] : named;
    const counts = await answer(this.queue.native.getChildrenCounts(this.knownId(), kinds));
    return JSON.parse(counts) as Partial<Record<Kind, number>>;
  }

  /**
   * Lets an active job wait for its children; `false` if they have all ended. Throw `WaitingChildrenError` from the processor when it
   * answers `true`: the job runs again after its children.
   *
   * @throws `LockMissingError` (`code` -2) or `LockMismatchError` (-6) if `token` does not hold the lock; `UnrecoverableError` (-9) if
   * a child has failed the job.
   */
  async moveToWaitingChildren(
    token: string | undefined = this.token,
    opts: MoveToWaitingChildrenOpts = {},
  ): Promise<boolean> {
    const native = this.queue.native;
    const child = opts.child ?? null;
    const waits = await answer(native.moveJobToWaitingChildren(this.knownId(), token ?? '0', child, Date.now()));
    if (waits) {
      measureMove(this.queue.tracing, this, 'waiting-children');
    }
    return waits;
  }

  /**
   * Unties the job from its parent, which goes on if it waits for nothing else; `false` if it has ended already.
   *
   * @throws `ParentJobMissingError` (`code` -5) if there is no parent.
   */
  async removeChildDependency(): Promise<boolean> {
    const isUntied = await answer(this.queue.native.removeChildDependency(this.knownId(), Date.now()));
    if (isUntied) {
      delete this.parent;
      delete this.parentKey;
    }
    return isUntied;
  }

  /**
   * Removes the jobs below this one that have neither ended nor are being worked on, in steps. The job itself goes on if it waits for
   * nothing else.
   */
  async removeUnprocessedChildren(): Promise<void> {
    await answer(this.queue.native.removeUnprocessedChildren(this.knownId(), Date.now()));
  }

  private async children(kinds: readonly Kind[]): Promise<JobDependencies> {
    return JSON.parse(await answer(this.queue.native.getChildren(this.knownId(), [...kinds]))) as JobDependencies;
  }
}
