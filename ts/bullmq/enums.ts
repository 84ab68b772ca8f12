/** How many minutes of metrics to keep, for a worker's `metrics.maxDataPoints`. */
export enum MetricsTime {
  ONE_MINUTE = 1,
  FIVE_MINUTES = 5,
  FIFTEEN_MINUTES = 15,
  THIRTY_MINUTES = 30,
  ONE_HOUR = 60,
  ONE_WEEK = 10_080,
  TWO_WEEKS = 20_160,
  ONE_MONTH = 80_640,
}

/** What a connection is for. */
export enum ClientType {
  blocking = 'blocking',
  normal = 'normal',
}

/** What a sandboxed processor is told. */
export enum ChildCommand {
  Init,
  Start,
  Stop,
  GetChildrenValuesResponse,
  GetIgnoredChildrenFailuresResponse,
  GetDependenciesCountResponse,
  MoveToWaitingChildrenResponse,
  Cancel,
  GetDependenciesResponse,
}

/** What a sandboxed processor tells. */
export enum ParentCommand {
  Completed,
  Error,
  Failed,
  InitFailed,
  InitCompleted,
  Log,
  MoveToDelayed,
  MoveToWait,
  Progress,
  Update,
  GetChildrenValues,
  GetIgnoredChildrenFailures,
  GetDependenciesCount,
  MoveToWaitingChildren,
  GetDependencies,
}
