import { controlFlowOf } from './control-flow';
import { toFailure, type FailureJson } from './failure';
import type { Job } from './job';
import { stringifyValue } from './job-data';
import { backoffTypeToAsk } from './native';
import { calling } from './native-answer';
import type { SortedProcessors } from './processor-map';
import type { BackoffStrategy, JobProgress } from './types';

/** One run of one job. */
export interface Run<Data, Result, Name extends string, Progress extends JobProgress> {
  readonly job: Job<Data, Result, Name, Progress>;
  /** Names it between the worker and the engine. */
  readonly number: number;
  readonly token: string;
  /** Fires when the run is cancelled; only made for processors that want a signal. */
  readonly controller: AbortController | undefined;
  /** What the processor returned. */
  result?: Result;
  /** What the processor threw. */
  thrown?: unknown;
  /** Whether the engine runs it, which then knows how it ends. */
  readonly isNative: boolean;
  /** Whether its end has been handed to the engine. */
  isReported: boolean;
}

/** How a run ended. */
export interface RunEnd {
  /** Number of the run; 0 for a job that is processed by hand. */
  run: number;
  outcome: 'completed' | 'failed' | 'moved' | 'rate-limited';
  /** JSON text. */
  returnvalue?: string;
  failure?: FailureJson;
  /** Answer of the user's backoff strategy, ms. */
  backoffMs?: number;
}

/** Runs jobs in JavaScript and tells how they ended. */
export class JobRunner<Data, Result, Name extends string, Progress extends JobProgress> {
  constructor(
    private readonly processors: SortedProcessors<Data, Result, Name, Progress>,
    private readonly backoffStrategy: BackoffStrategy | undefined,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Runs one job to its end; never rejects. */
  async run(run: Run<Data, Result, Name, Progress>): Promise<RunEnd> {
    const { job, number, token, controller } = run;
    try {
      // A worker without a processor never takes jobs by itself.
      run.result = (await this.processors.javascript?.(job, token, controller?.signal)) as Result;
      return { run: number, outcome: 'completed', returnvalue: this.stringify(run.result) };
    } catch (thrown) {
      // A run that has timed out has failed already.
      return run.isReported ? { run: number, outcome: 'moved' } : this.fail(run, thrown);
    }
  }

  /** The text of a return value. One that JSON cannot express fails the job, and is told as an error too: it is the processor's defect. */
  private stringify(returnvalue: unknown): string {
    try {
      return stringifyValue(returnvalue);
    } catch (error) {
      this.onError(error);
      throw error;
    }
  }

  /** How a run ends that failed with `thrown`; the first failure of a run is the one that counts. */
  async fail(run: Run<Data, Result, Name, Progress>, thrown: unknown): Promise<RunEnd> {
    // Listeners of `failed` may expect an error object even when nothing was thrown.
    run.thrown ??= thrown ?? new Error(String(thrown));
    return { run: run.number, ...(await this.endOfFailed(run.job, run.thrown)) };
  }

  private async endOfFailed(job: Job<Data, Result, Name, Progress>, thrown: unknown): Promise<Omit<RunEnd, 'run'>> {
    const failure = toFailure(thrown);
    const request = controlFlowOf(failure);
    if (request !== 'failed') {
      return { outcome: request };
    }
    const backoffMs = await this.askStrategy(job, thrown, failure);
    return { outcome: 'failed', failure, ...(backoffMs !== undefined && { backoffMs }) };
  }

  private async askStrategy(
    job: Job<Data, Result, Name, Progress>,
    thrown: unknown,
    failure: FailureJson,
  ): Promise<number | undefined> {
    const { backoffStrategy } = this;
    if (!backoffStrategy) {
      return undefined;
    }
    try {
      const attemptsMade = job.attemptsMade + 1;
      const type = calling(() => backoffTypeToAsk(JSON.stringify(job.opts), attemptsMade, failure.name));
      return type === null ? undefined : await backoffStrategy(attemptsMade, type, thrown as Error, job);
    } catch (error) {
      this.onError(error);
      return undefined;
    }
  }
}

/** The end of a run as it crosses to the engine: a line of its own for the return value, whose text is not quoted twice. */
export function linesOf({ run, outcome, returnvalue = '', failure, backoffMs }: RunEnd): string {
  const why = failure ? `,"failure":${JSON.stringify(failure)}` : '';
  const backoff = backoffMs === undefined ? '' : `,"backoffMs":${JSON.stringify(backoffMs)}`;
  return `{"run":${run},"outcome":"${outcome}"${why}${backoff}}\n${returnvalue}`;
}
