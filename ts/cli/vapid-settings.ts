import type { VapidIdentity } from '../processors';
import { ConfigurationError } from '../environment/configuration-error';
import type { Environment } from '../environment/environment';
import { readVapidIdentity } from '../environment/processor-settings';

const PUBLIC_KEY_BYTES = 65;
const UNCOMPRESSED_POINT = 4;
const PRIVATE_KEY_BYTES = 32;
const HINT = '`synapse-queue vapid` makes a pair; to go without, leave push-notifications out of WORKER_QUEUES';

/** The key pair and the contact, checked. */
export function readVapidSettings(environment: Environment): VapidIdentity {
  const { publicKey, privateKey, subject } = readVapidIdentity(environment);
  const point = Buffer.from(publicKey, 'base64url');
  if (point.length !== PUBLIC_KEY_BYTES || point[0] !== UNCOMPRESSED_POINT) {
    throw ConfigurationError.of('VAPID_PUBLIC_KEY', `a public key of 65 bytes, base64url (${HINT})`);
  }
  if (Buffer.from(privateKey, 'base64url').length !== PRIVATE_KEY_BYTES) {
    throw ConfigurationError.of('VAPID_PRIVATE_KEY', `a private key of 32 bytes, base64url (${HINT})`);
  }
  if (!/^(mailto:.+@.+|https:\/\/.+)$/.test(subject)) {
    throw ConfigurationError.of('VAPID_SUBJECT', 'a contact such as mailto:admin@example.com or https://example.com');
  }
  return { publicKey, privateKey, subject };
}
