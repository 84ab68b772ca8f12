import { QUEUE_NAMES, type QueueName } from '../queue-names';
import { ConfigurationError } from '../environment/configuration-error';
import type { Environment } from '../environment/environment';

/** How e-mail is sent. */
export interface EmailSettings {
  /** URL of the relay. */
  url: string;
  /** Sender of messages that name none. */
  from: string;
  /** Certificate authorities to trust beside the system's, PEM. */
  extraCa: string | undefined;
}

const HINT = 'to go without, leave email out of WORKER_QUEUES';

/** The relay and the sender; `undefined` unless e-mail is worked on. */
export function readEmailSettings(
  environment: Environment,
  queues: readonly QueueName[],
  extraCa: string | undefined,
): EmailSettings | undefined {
  if (!queues.includes(QUEUE_NAMES.EMAIL)) {
    return undefined;
  }
  const url = environment.text('SMTP_URL');
  if (url === undefined || !/^smtps?:\/\/./.test(url)) {
    // The URL is not repeated: it may hold a password.
    throw ConfigurationError.of('SMTP_URL', `a URL that begins with smtp:// or smtps:// (${HINT})`);
  }
  const from = environment.text('EMAIL_FROM');
  if (from === undefined) {
    throw ConfigurationError.of('EMAIL_FROM', `a sender such as \`Synapse <no-reply@example.com>\` (${HINT})`);
  }
  return { url, from, extraCa };
}
