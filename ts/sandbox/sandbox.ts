import type { Job } from '../job';
import type { SandboxOptions } from '../options/sandbox-options';
import type { JobProgress, Processor } from '../types';
import type { Channel } from './channel';
import { ProcessChannel } from './process-channel';
import { urlOf, type ProcessorFile } from './processor-file';
import type { JobFieldsJson, JobMethod } from './messages';
import { SandboxChild } from './sandbox-child';
import { ThreadChannel } from './thread-channel';

/**
 * Runs a processor's file in children of its own: a process or a thread for each job that runs, kept for the next one.
 *
 * A child that ends, or whose processor does not load, is not used again.
 */
export class Sandbox {
  private readonly file: string;
  private readonly idle: SandboxChild[] = [];
  /** To all children that live, whatever they do. */
  private readonly channels = new Set<Channel>();

  /**
   * @throws `Error` if the file does not exist.
   */
  constructor(
    file: ProcessorFile,
    private readonly options: SandboxOptions,
  ) {
    this.file = urlOf(file);
  }

  /** The processor that hands its jobs to children. */
  processor<Data, Result, Name extends string, Progress extends JobProgress>(): Processor<
    Data,
    Result,
    Name,
    Progress
  > {
    return async (job, token, signal) => {
      const child = await this.take();
      try {
        const call = (method: JobMethod, args: unknown[]) => callJob(job, method, args);
        const result = await child.run({ job: fieldsOf(job), token, signal, call });
        return JSON.parse(result ?? 'null') as Result;
      } finally {
        this.idle.push(child);
      }
    };
  }

  /** Ends all children, also one that still runs a job. */
  async close(): Promise<void> {
    await Promise.all([...this.channels].map((channel) => channel.end(false)));
  }

  private async take(): Promise<SandboxChild> {
    for (let child = this.idle.pop(); child; child = this.idle.pop()) {
      if (child.isUsable) {
        return child;
      }
    }
    const channel = this.open();
    this.channels.add(channel);
    void channel.exit.then(() => this.channels.delete(channel));
    return SandboxChild.start(channel, this.file);
  }

  private open(): Channel {
    const { useWorkerThreads, workerThreadsOptions, workerForkOptions } = this.options;
    return useWorkerThreads ? new ThreadChannel(workerThreadsOptions) : new ProcessChannel(workerForkOptions);
  }
}

/** What a child knows of its job: BullMQ's form, in which all but data and options are as Redis has them. */
function fieldsOf(job: Job): JobFieldsJson {
  const { queueName, queueQualifiedName, prefix } = job;
  return { ...job.asJSON(), data: job.data as unknown, opts: job.opts, queueName, queueQualifiedName, prefix };
}

async function callJob(job: Job, method: JobMethod, args: unknown[]): Promise<unknown> {
  const methods = job as unknown as Record<JobMethod, (...args: unknown[]) => Promise<unknown>>;
  return methods[method](...args);
}
