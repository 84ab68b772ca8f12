import type { ForkOptions } from 'node:child_process';
import type { WorkerOptions as WorkerThreadsOptions } from 'node:worker_threads';

/** How a worker whose processor is a file runs it. */
export interface SandboxOptions {
  /** Run the file in worker threads instead of child processes. Default `false`. */
  useWorkerThreads?: boolean | undefined;
  /** Options of `child_process.fork`, such as `execArgv`, `env` or `timeout`. Default: those of this process. */
  workerForkOptions?: ForkOptions | undefined;
  /** Options of `worker_threads.Worker`, such as `resourceLimits`. Default: those of this thread. */
  workerThreadsOptions?: WorkerThreadsOptions | undefined;
}
