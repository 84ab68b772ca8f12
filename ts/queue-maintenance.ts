import type { Job } from './job';
import { answer } from './native-answer';
import { QueueGetters } from './queue-getters';

/** Cleaning up behind jobs and old releases, and stopping jobs wherever they run. */
export class QueueMaintenance<JobBase extends Job, Listeners> extends QueueGetters<JobBase, Listeners> {
  /**
   * Stops a job that runs, in whatever process: within about a second the signal that its processor declared as third parameter
   * aborts with `reason`. How the job ends is up to the processor, as after `worker.cancelJob`.
   *
   * Answers whether a worker holds the job. Workers of BullMQ do not listen.
   */
  cancel(jobId: string, reason?: string): Promise<boolean> {
    return answer(this.native.cancelJob(jobId, reason));
  }

  /**
   * Deletes what is left of jobs that are in no state, for instance after a state's key was deleted by hand; answers how many
   * jobs that were.
   *
   * Looks at all keys of the server, `count` per step, and ends after `limit` jobs (0 = all).
   */
  removeOrphanedJobs(count = 1000, limit = 0): Promise<number> {
    return answer(this.native.removeOrphanedJobs(count, limit));
  }

  /** Deletes what BullMQ before version 4 kept about priorities; 1 if there was something. */
  removeDeprecatedPriorityKey(): Promise<number> {
    return answer(this.native.removeDeprecatedPriorityKey());
  }
}
