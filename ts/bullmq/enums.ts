/** How many minutes of metrics to keep, for a worker's `metrics.maxDataPoints`. */
export enum MetricsTime {
  /** 1 */
  ONE_MINUTE = 1,
  /** 5 */
  FIVE_MINUTES = 5,
  /** 15 */
  FIFTEEN_MINUTES = 15,
  /** 30 */
  THIRTY_MINUTES = 30,
  /** 60 */
  ONE_HOUR = 60,
  /** 7 days. */
  ONE_WEEK = 10_080,
  /** 14 days. */
  TWO_WEEKS = 20_160,
  /** 56 days: the number that BullMQ has under this name. */
  ONE_MONTH = 80_640,
}

/** What a connection is for. */
export enum ClientType {
  /** Waits for jobs or events, and so serves one worker or reader. */
  blocking = 'blocking',
  /** Everything else. */
  normal = 'normal',
}

/** What a sandboxed processor is told. */
export enum ChildCommand {
  /** Load the processor. */
  Init,
  /** Run a job. */
  Start,
  /** End the process. */
  Stop,
  /** The answer to `GetChildrenValues`. */
  GetChildrenValuesResponse,
  /** The answer to `GetIgnoredChildrenFailures`. */
  GetIgnoredChildrenFailuresResponse,
  /** The answer to `GetDependenciesCount`. */
  GetDependenciesCountResponse,
  /** The answer to `MoveToWaitingChildren`. */
  MoveToWaitingChildrenResponse,
  /** Abort the signal of the running job. */
  Cancel,
  /** The answer to `GetDependencies`. */
  GetDependenciesResponse,
}

/** What a sandboxed processor tells. */
export enum ParentCommand {
  /** The processor returned. */
  Completed,
  /** An error outside of a job. */
  Error,
  /** The processor threw. */
  Failed,
  /** The processor could not be loaded. */
  InitFailed,
  /** The processor is loaded. */
  InitCompleted,
  /** `job.log` */
  Log,
  /** `job.moveToDelayed` */
  MoveToDelayed,
  /** `job.moveToWait` */
  MoveToWait,
  /** `job.updateProgress` */
  Progress,
  /** `job.updateData` */
  Update,
  /** `job.getChildrenValues` */
  GetChildrenValues,
  /** `job.getIgnoredChildrenFailures` */
  GetIgnoredChildrenFailures,
  /** `job.getDependenciesCount` */
  GetDependenciesCount,
  /** `job.moveToWaitingChildren` */
  MoveToWaitingChildren,
  /** `job.getDependencies` */
  GetDependencies,
}
