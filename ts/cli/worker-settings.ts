import { readFileSync } from 'node:fs';

import type { RedisOptions } from '../options/connection-options';
import { DEFAULT_STORAGE_URL, type VapidIdentity } from '../processors';
import { QUEUE_NAMES, type QueueName } from '../queue-names';
import { DEFAULT_DATABASE_URL } from '../stores';
import { ConfigurationError } from './configuration-error';
import type { Environment } from './environment';
import { LOG_FORMATS, LOG_LEVELS, type LogSettings } from './log';
import { readRedisSettings } from './redis-settings';
import { readVapidSettings } from './vapid-settings';

/** What concerns every kind of worker process. */
export interface ProcessSettings {
  log: LogSettings;
  /** How long running jobs may go on after the first signal to stop, ms. */
  shutdownTimeoutMs: number;
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
  /** Absent unless push notifications are worked on. */
  push: PushSettings | undefined;
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
  };
}

/** Reads what a process that works on the built-in queues needs to know. */
export function readWorkerSettings(environment: Environment): WorkerSettings {
  const queues = readQueues(environment);
  return {
    ...readProcessSettings(environment),
    redis: readRedisSettings(environment),
    prefix: environment.text('QUEUE_PREFIX'),
    queues,
    lockDurationMs: readInterval(environment, 'WORKER_LOCK_DURATION_MS'),
    stalledIntervalMs: readInterval(environment, 'WORKER_STALLED_INTERVAL_MS'),
    databaseUrl: environment.text('DATABASE_URL') ?? DEFAULT_DATABASE_URL,
    storageUrl: environment.text('STORAGE_URL') ?? DEFAULT_STORAGE_URL,
    publicBaseUrl: environment.text('PUBLIC_BASE_URL') ?? '',
    push: queues.includes(QUEUE_NAMES.PUSH_NOTIFICATIONS) ? readPushSettings(environment) : undefined,
  };
}

function readPushSettings(environment: Environment): PushSettings {
  return {
    vapid: readVapidSettings(environment),
    allowPrivateNetwork: environment.flag('PUSH_ALLOW_PRIVATE_NETWORK', false),
    extraCa: readExtraAuthorities(environment),
  };
}

/** The variable that Node itself reads for its own connections. */
function readExtraAuthorities(environment: Environment): string | undefined {
  const file = environment.text('NODE_EXTRA_CA_CERTS');
  try {
    return file === undefined ? undefined : readFileSync(file, 'utf8');
  } catch (error) {
    throw ConfigurationError.of('NODE_EXTRA_CA_CERTS', `a readable PEM file, got \`${String(file)}\``, error);
  }
}

function readInterval(environment: Environment, name: string): number | undefined {
  return environment.text(name) === undefined ? undefined : environment.integer(name, INTERVALS, INTERVALS.min);
}

/** Left out: queues none of whose jobs this release has a processor for. Their jobs wait for one that has. */
const DEFAULT_QUEUES: QueueName[] = [QUEUE_NAMES.PUSH_NOTIFICATIONS, QUEUE_NAMES.FILE_PROCESSING];

function readQueues(environment: Environment): QueueName[] {
  const all = Object.values(QUEUE_NAMES);
  const wanted = environment.list('WORKER_QUEUES');
  const unknown = wanted.find((name) => !all.some((known) => known === name));
  if (unknown !== undefined) {
    throw ConfigurationError.of('WORKER_QUEUES', `names out of ${all.join(', ')}; got \`${unknown}\``);
  }
  return wanted.length === 0 ? DEFAULT_QUEUES : all.filter((name) => wanted.includes(name));
}
