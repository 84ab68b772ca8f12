import { createECDH } from 'node:crypto';

const SCALAR_BYTES = 32;

/** Prints a new application server key pair (RFC 8292) as the environment variables that hold it. */
export function printVapidKeys(): void {
  const pair = createECDH('prime256v1');
  const publicKey = pair.generateKeys();
  const privateKey = Buffer.alloc(SCALAR_BYTES);
  const scalar = pair.getPrivateKey();
  // Leading zeros are left out of the scalar.
  scalar.copy(privateKey, SCALAR_BYTES - scalar.length);
  process.stdout.write(
    `VAPID_PUBLIC_KEY=${publicKey.toString('base64url')}\nVAPID_PRIVATE_KEY=${privateKey.toString('base64url')}\n`,
  );
}
