import type { RedisOptions } from '../options/connection-options';
import type { VapidIdentity } from '../processors';
import { QUEUE_NAMES, type QueueName } from '../queue-names';
import { ConfigurationError } from '../environment/configuration-error';
import { readEmailSettings, type EmailSettings } from './email-settings';
import type { Environment } from '../environment/environment';
import { readHealthSettings, type HealthSettings } from './health-endpoints';
import { LOG_FORMATS, LOG_LEVELS, type LogSettings } from './log';
import { readRedisSettings } from '../environment/redis-settings';
import {
  readAllowPrivateNetwork,
  readDatabaseUrl,
  readExtraAuthorities,
  readImageDecoders,
  readPublicBaseUrl,
  readStorageUrl,
  type ImageDecoders,
} from '../environment/processor-settings';
import { readVapidSettings } from './vapid-settings';

/** What concerns every kind of worker process. */
export interface ProcessSettings {
  log: LogSettings;
  /** How long running jobs may go on after the first signal to stop, ms. */
  shutdownTimeoutMs: number;
  /** Absent if health and metrics are not served. */
  health: HealthSettings | undefined;
}

/** How push messages are sent. */
export interface PushSettings {
  vapid: VapidIdentity;
  /** Whether push services may have addresses that are not globally routable. */
  allowPrivateNetwork: boolean;
  /** Certificate authorities to trust beside the system's, PEM. */
  extraCa: string | undefined;
}

/** What a process that works on the built-in queues needs to know. */
export interface WorkerSettings extends ProcessSettings {
  redis: RedisOptions;
  prefix: string | undefined;
  queues: readonly QueueName[];
  /** How long a job outlives its worker before another takes it, ms; the engine's default if absent. */
  lockDurationMs: number | undefined;
  /** Interval of checks for such jobs, ms; the engine's default if absent. */
  stalledIntervalMs: number | undefined;
  databaseUrl: string;
  storageUrl: string;
  publicBaseUrl: string;
  /** Which decoders see the bytes of uploaded images. */
  imageDecoders: ImageDecoders;
  /** Absent unless push notifications are worked on. */
  push: PushSettings | undefined;
  /** Absent unless e-mail is worked on. */
  email: EmailSettings | undefined;
  /** What the operator should know about what is not done. */
  notes: readonly string[];
}

const HOUR_MS = 60 * 60 * 1000;
/** The longest wait that a Node timer can express fits well. */
const INTERVALS = { min: 100, max: HOUR_MS };
const TIMEOUTS = { min: 0, max: 24 * HOUR_MS };
const DEFAULT_SHUTDOWN_TIMEOUT_MS = 30_000;

/** Reads what concerns every kind of worker process. */
export function readProcessSettings(environment: Environment): ProcessSettings {
  return {
    log: {
      level: environment.choice('LOG_LEVEL', LOG_LEVELS, 'info'),
      format: environment.choice('LOG_FORMAT', LOG_FORMATS, 'text'),
    },
    shutdownTimeoutMs: environment.integer('WORKER_SHUTDOWN_TIMEOUT_MS', TIMEOUTS, DEFAULT_SHUTDOWN_TIMEOUT_MS),
    health: readHealthSettings(environment),
  };
}

/** Reads what a process that works on the built-in queues needs to know. */
export function readWorkerSettings(environment: Environment): WorkerSettings {
  const queues = readQueues(environment);
  const isPushing = queues.includes(QUEUE_NAMES.PUSH_NOTIFICATIONS);
  const extraCa = readExtraAuthorities(environment);
  return {
    ...readProcessSettings(environment),
    redis: readRedisSettings(environment),
    prefix: environment.text('QUEUE_PREFIX'),
    queues,
    lockDurationMs: readInterval(environment, 'WORKER_LOCK_DURATION_MS'),
    stalledIntervalMs: readInterval(environment, 'WORKER_STALLED_INTERVAL_MS'),
    databaseUrl: readDatabaseUrl(environment),
    storageUrl: readStorageUrl(environment),
    publicBaseUrl: readPublicBaseUrl(environment),
    imageDecoders: readImageDecoders(environment),
    push: isPushing ? readPushSettings(environment, extraCa) : undefined,
    email: readEmailSettings(environment, queues, extraCa),
    notes: readNotes(environment, queues),
  };
}

function readPushSettings(environment: Environment, extraCa: string | undefined): PushSettings {
  return {
    vapid: readVapidSettings(environment),
    allowPrivateNetwork: readAllowPrivateNetwork(environment),
    extraCa,
  };
}

function readInterval(environment: Environment, name: string): number | undefined {
  return environment.text(name) === undefined ? undefined : environment.integer(name, INTERVALS, INTERVALS.min);
}

/** Those that are worked on without being named; e-mail is one more where there is a relay for it. */
const DEFAULT_QUEUES: QueueName[] = [QUEUE_NAMES.PUSH_NOTIFICATIONS, QUEUE_NAMES.FILE_PROCESSING];

function readQueues(environment: Environment): QueueName[] {
  const all = Object.values(QUEUE_NAMES);
  const wanted = environment.list('WORKER_QUEUES');
  const unknown = wanted.find((name) => !all.some((known) => known === name));
  if (unknown !== undefined) {
    throw ConfigurationError.of('WORKER_QUEUES', `names out of ${all.join(', ')}; got \`${unknown}\``);
  }
  if (wanted.length === 0) {
    return environment.text('SMTP_URL') === undefined ? DEFAULT_QUEUES : [...DEFAULT_QUEUES, QUEUE_NAMES.EMAIL];
  }
  return all.filter((name) => wanted.includes(name));
}

function readNotes(environment: Environment, queues: readonly QueueName[]): string[] {
  const isEmailLeft = environment.list('WORKER_QUEUES').length === 0 && !queues.includes(QUEUE_NAMES.EMAIL);
  return isEmailLeft ? ['Worker: SMTP_URL is not set, the email queue is left to other workers'] : [];
}
