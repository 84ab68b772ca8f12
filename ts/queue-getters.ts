import { readDependencies, type DependenciesPage } from './dependencies-page';
import { numberOf, textOf } from './javascript-values';
import { Job } from './job';
import { LINES_PER_JOB, readJobRecord } from './job-record';
import { answer } from './native-answer';
import type { RateLimiterOptions } from './options/worker-options';
import { prometheusText } from './prometheus';
import { QueueBase } from './queue-base';
import type { JobLogs, JobState, JobType, Metrics, QueueMeta } from './types';

/** Reading a queue. Ranges are positions, both ends included; `end` -1 is the last. */
export class QueueGetters<JobBase extends Job, Listeners> extends QueueBase<Listeners> {
  /** Reads a job; `undefined` if it does not exist. */
  async getJob(jobId: string): Promise<JobBase | undefined> {
    return (await Job.fromId(this, jobId)) as JobBase | undefined;
  }

  /** Where a job is; `unknown` if it does not exist. */
  getJobState(jobId: string): Promise<JobState | 'unknown'> {
    return answer(this.native.getJobState(textOf(jobId))) as Promise<JobState | 'unknown'>;
  }

  /**
   * Jobs of the given states, newest first unless `asc`.
   *
   * Jobs that vanish while they are read are left out. Without `types`: all states.
   */
  async getJobs(types?: JobType[] | JobType, start = 0, end = -1, asc = false): Promise<JobBase[]> {
    const wanted = types === undefined ? [] : [types].flat();
    const range = { types: wanted.map(textOf), start: numberOf(start), end: numberOf(end), asc };
    const lines = (await answer(this.native.getJobs(range))).split('\n');
    const jobs: JobBase[] = [];
    for (let first = 0; first + LINES_PER_JOB <= lines.length; first += LINES_PER_JOB) {
      jobs.push(Job.fromRecord(this, readJobRecord(lines, first)) as unknown as JobBase);
    }
    return jobs;
  }

  /** Ids of the jobs of the given states, newest first unless `asc`. */
  getRanges(types: JobType[], start = 0, end = 1, asc = false): Promise<string[]> {
    return answer(this.native.getJobIds({ types, start, end, asc }));
  }

  /** How many jobs wait with each of these priorities; 0 stands for jobs without one. */
  async getCountsPerPriority(priorities: number[]): Promise<Record<string, number>> {
    const wanted = [...new Set(priorities)];
    const counts = await answer(this.native.getCountsPerPriority(wanted.map(numberOf)));
    return Object.fromEntries(wanted.map((priority, index) => [priority, counts[index] ?? 0]));
  }

  /** The job that holds a deduplication; `null` if none does. */
  async getDeduplicationJobId(id: string): Promise<string | null> {
    return (await answer(this.native.getDeduplicationJobId(id))) ?? null;
  }

  /** @deprecated The same as {@link QueueGetters.getDeduplicationJobId}. */
  getDebounceJobId(id: string): Promise<string | null> {
    return this.getDeduplicationJobId(id);
  }

  /** Jobs that wait for a worker, next first. */
  getWaiting(start = 0, end = -1): Promise<JobBase[]> {
    return this.getJobs(['waiting'], start, end, true);
  }

  /** Jobs that wait for their children, oldest first. */
  getWaitingChildren(start = 0, end = -1): Promise<JobBase[]> {
    return this.getJobs(['waiting-children'], start, end, true);
  }

  /** Jobs that workers have, oldest first. */
  getActive(start = 0, end = -1): Promise<JobBase[]> {
    return this.getJobs(['active'], start, end, true);
  }

  /** Jobs that wait for their time, next first. */
  getDelayed(start = 0, end = -1): Promise<JobBase[]> {
    return this.getJobs(['delayed'], start, end, true);
  }

  /** Jobs that have a priority, most urgent first. */
  getPrioritized(start = 0, end = -1): Promise<JobBase[]> {
    return this.getJobs(['prioritized'], start, end, true);
  }

  /** Completed jobs, newest first. */
  getCompleted(start = 0, end = -1): Promise<JobBase[]> {
    return this.getJobs(['completed'], start, end, false);
  }

  /** Jobs that failed for good, newest first. */
  getFailed(start = 0, end = -1): Promise<JobBase[]> {
    return this.getJobs(['failed'], start, end, false);
  }

  /** How many jobs are in each of the given states; without `types`: in every state. */
  async getJobCounts(...types: JobType[]): Promise<Record<string, number>> {
    return JSON.parse(await answer(this.native.getJobCounts(types.map(textOf)))) as Record<string, number>;
  }

  /** How many jobs are in the given states together. */
  async getJobCountByTypes(...types: JobType[]): Promise<number> {
    const counts = await this.getJobCounts(...types);
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }

  /** How many jobs are still to be taken: waiting, prioritised, delayed or waiting for children. */
  count(): Promise<number> {
    return this.getJobCountByTypes('waiting', 'prioritized', 'delayed', 'waiting-children');
  }

  /** How many jobs have completed and are kept. */
  getCompletedCount(): Promise<number> {
    return this.getJobCountByTypes('completed');
  }

  /** How many jobs have failed for good and are kept. */
  getFailedCount(): Promise<number> {
    return this.getJobCountByTypes('failed');
  }

  /** How many jobs wait for their time. */
  getDelayedCount(): Promise<number> {
    return this.getJobCountByTypes('delayed');
  }

  /** How many jobs workers have. */
  getActiveCount(): Promise<number> {
    return this.getJobCountByTypes('active');
  }

  /** How many jobs wait with a priority. */
  getPrioritizedCount(): Promise<number> {
    return this.getJobCountByTypes('prioritized');
  }

  /** How many jobs wait without a priority. */
  getWaitingCount(): Promise<number> {
    return this.getJobCountByTypes('waiting');
  }

  /** How many jobs wait for their children. */
  getWaitingChildrenCount(): Promise<number> {
    return this.getJobCountByTypes('waiting-children');
  }

  /** Children of a job that completed or have not ended, from position `start` to `end`, and their jobs as they are stored. */
  getDependencies(
    parentId: string,
    type: 'processed' | 'pending',
    start: number,
    end: number,
  ): Promise<DependenciesPage> {
    return readDependencies(this, parentId, { type, start, end });
  }

  /** Log rows of a job, oldest first unless `asc` is `false`. */
  async getJobLogs(jobId: string, start = 0, end = -1, asc = true): Promise<JobLogs> {
    return JSON.parse(
      await answer(this.native.getJobLogs(textOf(jobId), numberOf(start), numberOf(end), asc)),
    ) as JobLogs;
  }

  /** Finished jobs per minute, newest first. */
  async getMetrics(type: 'completed' | 'failed', start = 0, end = -1): Promise<Metrics> {
    return JSON.parse(await answer(this.native.getMetrics(type, start, end))) as Metrics;
  }

  /**
   * The connections on which workers of the queue, in whatever process, wait for jobs, as CLIENT LIST shows them: `name` is the
   * queue's, `rawname` the connection's, which ends with `:w:<worker name>` for a worker that has one.
   */
  async getWorkers(): Promise<Record<string, string>[]> {
    return JSON.parse(await answer(this.native.getWorkers())) as Record<string, string>[];
  }

  /** How many workers of the queue are connected. */
  async getWorkersCount(): Promise<number> {
    return (await this.getWorkers()).length;
  }

  /** The connections of event readers, as {@link QueueGetters.getWorkers}. */
  async getQueueEvents(): Promise<Record<string, string>[]> {
    return JSON.parse(await answer(this.native.getEventReaders())) as Record<string, string>[];
  }

  /** Counts of jobs and of finished jobs in Prometheus' text format; `labels` are added to every line. */
  async exportPrometheusMetrics(labels: Record<string, string> = {}): Promise<string> {
    const [counts, completed, failed] = await Promise.all([
      this.getJobCounts(),
      this.getMetrics('completed', 0, 0),
      this.getMetrics('failed', 0, 0),
    ]);
    const totals = { completed: completed.meta.count, failed: failed.meta.count };
    return prometheusText({ queue: this.name, counts, totals }, labels);
  }

  /** Counts jobs as {@link QueueGetters.getJobCounts} does and records the counts with the queue's `telemetry`. */
  async recordJobCountsMetric(...types: JobType[]): Promise<Record<string, number>> {
    const counts = await this.getJobCounts(...types);
    const { tracing } = this;
    tracing?.guard(() => tracing.measurements?.counts(counts));
    return counts;
  }

  /** Queue-wide settings. */
  async getMeta(): Promise<QueueMeta> {
    return JSON.parse(await answer(this.native.getMeta())) as QueueMeta;
  }

  /** Ms until jobs may start again; with `maxJobs`, only if that many have started. 0 or less if there is no limit now. */
  getRateLimitTtl(maxJobs?: number): Promise<number> {
    return answer(this.native.getRateLimitTtl(maxJobs));
  }

  /** Jobs active at once over all workers; `null` if that is not limited. */
  async getGlobalConcurrency(): Promise<number | null> {
    return (await this.getMeta()).concurrency ?? null;
  }

  /** Jobs started per time over all workers; `null` if that is not limited. */
  async getGlobalRateLimit(): Promise<RateLimiterOptions | null> {
    const { max, duration } = await this.getMeta();
    return max === undefined || duration === undefined ? null : { max, duration };
  }
}
