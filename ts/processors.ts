import type { DatabaseStores } from './database-stores';
import { definedOnly } from './defined-only';
import { authoritiesOf } from './environment/authorities';
import { blaming } from './environment/blame';
import { processEnvironment } from './environment/environment';
import { readAllowPrivateNetwork, readVapidIdentity } from './environment/processor-settings';
import { NativePushProcessors } from './native';
import { calling } from './native-answer';
import { processorOf } from './native-run';
import type { NativeJobProcessor } from './processor-map';
import type { BatchPushNotificationData, PushNotificationData } from './queue-service/job-data';
import { toNativeStores, type AllStores, type SqliteStores } from './stores';

/** Options of {@link pushProcessors}. */
export interface PushProcessorOptions {
  /** Identity of the sender (RFC 8292). Default: `VAPID_PUBLIC_KEY`, `VAPID_PRIVATE_KEY` and `VAPID_SUBJECT`. */
  vapid?: VapidIdentity | undefined;
  /** Where push subscriptions are kept. Default: the database of `DATABASE_URL`, else `sqlite:./synapse.db`. */
  stores?: SqliteStores | DatabaseStores | Pick<AllStores, 'subscriptions'> | undefined;
  /** How long a push service keeps a message for an absent browser unless the job says otherwise, s. Default 4 weeks. */
  ttl?: number | undefined;
  /** How long one request may take, ms, above 0. Default 10000. */
  timeout?: number | undefined;
  /** Requests in flight at once over all jobs, 1-1000. Default 100. */
  concurrency?: number | undefined;
  /**
   * Lets push services have addresses that are not globally routable; for tests and closed networks. Default:
   * `PUSH_ALLOW_PRIVATE_NETWORK`, else `false`.
   */
  allowPrivateNetwork?: boolean | undefined;
  /** Origins that may have such addresses, e.g. `https://push.internal:8443`. Default: none. */
  allowedOrigins?: readonly string[] | undefined;
  /** Authorities to trust beside the system's, PEM. Default: those in the file of `NODE_EXTRA_CA_CERTS`. */
  extraCa?: string | Uint8Array | undefined;
}

/** The identity that push services know the application by. */
export interface VapidIdentity {
  /** Uncompressed P-256 point, base64url. */
  publicKey: string;
  /** P-256 scalar, base64url. Never logged. */
  privateKey: string;
  /** Whom a push service may contact: `mailto:` or an https URL. */
  subject: string;
}

/** Result of `push-notification`, over all attempts. */
export interface PushResult {
  /** Subscriptions that got the message. */
  sent: number;
  /** Subscriptions that did not, those that were removed included. Absent if the user has no subscriptions. */
  failed?: number;
  /** Subscriptions of the user. */
  total: number;
}

/** Result of `batch-push-notification`, over all attempts. */
export interface BatchPushResult {
  /** Users of the job. */
  users: number;
  /** Subscriptions that got the message. */
  sent: number;
  /** Subscriptions that did not, those that were removed included. */
  failed: number;
  /** Subscriptions of all users. */
  total: number;
}

/** Processors of notifications that share connections, tokens and the bound on requests. */
export interface PushProcessors {
  /** Of `push-notification`. */
  single: NativeJobProcessor<PushNotificationData, PushResult>;
  /** Of `batch-push-notification`. */
  batch: NativeJobProcessor<BatchPushNotificationData, BatchPushResult>;
}

/**
 * The native processors of `push-notification` and `batch-push-notification`.
 *
 * Dead subscriptions are removed; busy push services are tried again with the job's attempts, for the subscriptions that were not
 * delivered only. Jobs fail with `code` `PAYLOAD_TOO_LARGE` or `INVALID_JOB_DATA`, which are not retried, or with
 * `PUSH_SERVICE_UNAVAILABLE`.
 *
 * @throws `EngineError` whose `code` says which part of the identity or which option is wrong, `ConfigurationError` for a variable.
 */
export function pushProcessors(options: PushProcessorOptions = {}): PushProcessors {
  const environment = processEnvironment();
  const { vapid = readVapidIdentity(environment), stores, extraCa, allowedOrigins, ...rest } = options;
  const native = {
    ...vapid,
    ...definedOnly(rest),
    allowPrivateNetwork: rest.allowPrivateNetwork ?? readAllowPrivateNetwork(environment),
    ...(allowedOrigins && { allowedOrigins: [...allowedOrigins] }),
    ...authoritiesOf(extraCa, environment),
  };
  const processors = blaming(options, () => calling(() => new NativePushProcessors(native, toNativeStores(stores))));
  return { single: processorOf(processors.single()), batch: processorOf(processors.batch()) };
}

/** The native processor of `push-notification` alone; see {@link pushProcessors}. */
export function pushProcessor(options?: PushProcessorOptions): PushProcessors['single'] {
  return pushProcessors(options).single;
}
