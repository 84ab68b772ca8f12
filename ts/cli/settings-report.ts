import type { RedisOptions } from '../options/connection-options';
import type { WorkerSettings } from './worker-settings';

const MASK = '***';

/** The effective settings by the variables they come from, secrets masked. */
export function reportOf(settings: WorkerSettings): Record<string, string> {
  const { push, email, health } = settings;
  const extraCa = push?.extraCa ?? email?.extraCa;
  const report: Record<string, string | number | boolean | undefined> = {
    ...redisReport(settings.redis),
    QUEUE_PREFIX: settings.prefix,
    WORKER_QUEUES: settings.queues.join(','),
    WORKER_LOCK_DURATION_MS: settings.lockDurationMs,
    WORKER_STALLED_INTERVAL_MS: settings.stalledIntervalMs,
    WORKER_SHUTDOWN_TIMEOUT_MS: settings.shutdownTimeoutMs,
    HEALTH_PORT: health?.port,
    HEALTH_HOST: health?.host,
    DATABASE_URL: maskedUrl(settings.databaseUrl),
    STORAGE_URL: maskedUrl(settings.storageUrl),
    PUBLIC_BASE_URL: settings.publicBaseUrl,
    IMAGE_DECODERS: settings.imageDecoders,
    VAPID_PUBLIC_KEY: push?.vapid.publicKey,
    VAPID_PRIVATE_KEY: push && MASK,
    VAPID_SUBJECT: push?.vapid.subject,
    PUSH_ALLOW_PRIVATE_NETWORK: push?.allowPrivateNetwork,
    SMTP_URL: email && maskedUrl(email.url),
    EMAIL_FROM: email?.from,
    NODE_EXTRA_CA_CERTS: extraCa && `${extraCa.length} bytes`,
    LOG_LEVEL: settings.log.level,
    LOG_FORMAT: settings.log.format,
  };
  const known = Object.entries(report).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known.map(([name, value]) => [name, String(value)]));
}

function redisReport(redis: RedisOptions): Record<string, string | number | undefined> {
  if (redis.url !== undefined) {
    return { REDIS_URL: maskedUrl(redis.url) };
  }
  return { REDIS_HOST: redis.host, REDIS_PORT: redis.port, REDIS_PASSWORD: redis.password && MASK };
}

/** Passwords can stand before an `@` and in the query; both go, in a URL that is malformed as well. */
function maskedUrl(url: string): string {
  return url.replace(/:\/\/.*@/, `://${MASK}@`).replace(/\?.*$/, `?${MASK}`);
}
