import { definedOnly } from './defined-only';
import { authoritiesOf } from './environment/authorities';
import { blaming } from './environment/blame';
import { processEnvironment } from './environment/environment';
import { readStorageUrl } from './environment/processor-settings';
import { emailProcessor as nativeEmailProcessor } from './native';
import { calling } from './native-answer';
import { processorOf } from './native-run';
import type { NativeJobProcessor } from './processor-map';
import type { EmailData } from './queue-service/job-data';

/** Options of {@link emailProcessor}. */
export interface EmailProcessorOptions {
  /**
   * The relay: `smtp://user:password@host:587` or `smtps://user:password@host:465`. Default: `SMTP_URL`.
   *
   * With a user, `smtp:` requires STARTTLS; without one it is used where the relay offers it. `?tls=required`, `?tls=opportunistic`
   * and `?tls=none` say otherwise.
   */
  url?: string | undefined;
  /** Sender of messages that name none, e.g. `Synapse <no-reply@example.com>`. Default: `EMAIL_FROM`; without, such jobs fail. */
  from?: string | undefined;
  /** Where attachments are: `file:<directory>` or `s3://<bucket>/<prefix>`. Default: `STORAGE_URL`, else `file:./public`. */
  storage?: string | undefined;
  /** Connections to the relay, and so messages under way at once, 1-100. Default 5. */
  connections?: number | undefined;
  /** How long the relay may take for one answer, ms, above 0. Default 60000. */
  timeout?: number | undefined;
  /** What the attachments of one message may have together, bytes. Default 25 MiB. */
  maxAttachmentBytes?: number | undefined;
  /** Authorities to trust beside the system's, PEM. Default: those in the file of `NODE_EXTRA_CA_CERTS`. */
  extraCa?: string | Uint8Array | undefined;
}

/** Result of `send-email`. */
export interface EmailResult {
  /** A message that was not sent fails its job. */
  success: true;
  /** Made of the job's id: the same for every attempt, so that a repeated delivery is recognised. */
  messageId: string;
}

/**
 * The native processor of `send-email`.
 *
 * What the relay refuses for good (5xx) fails with `code` `EMAIL_REJECTED` or `SMTP_AUTHENTICATION_FAILED` and is not retried, nor is
 * `INVALID_JOB_DATA`; `EMAIL_DEFERRED` (4xx), `SMTP_TIMEOUT` and `SMTP_UNAVAILABLE` are tried again with the job's attempts. A message that the
 * relay has taken is not sent again by a later attempt.
 *
 * @throws `EngineError` with `code` `INVALID_SMTP_URL`, `INVALID_EMAIL_FROM`, `INVALID_CERTIFICATES` or one of the storage, `ConfigurationError` for a
 * variable.
 */
export function emailProcessor(options: EmailProcessorOptions = {}): NativeJobProcessor<EmailData, EmailResult> {
  const environment = processEnvironment();
  const { url, from = environment.text('EMAIL_FROM'), storage, extraCa, ...rest } = options;
  const native = {
    url: url ?? environment.text('SMTP_URL') ?? '',
    storage: storage ?? readStorageUrl(environment),
    ...(from && { from }),
    ...definedOnly(rest),
    ...authoritiesOf(extraCa, environment),
  };
  return processorOf(blaming(options, () => calling(() => nativeEmailProcessor(native))));
}
