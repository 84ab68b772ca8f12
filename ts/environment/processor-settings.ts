import { readFileSync } from 'node:fs';

import { ConfigurationError } from './configuration-error';
import type { Environment } from './environment';

/** @internal Where uploads are read and results are written unless told otherwise. */
export const DEFAULT_STORAGE_URL = 'file:./public';

/** @internal The database of processors that are given no stores and find no `DATABASE_URL`. */
export const DEFAULT_DATABASE_URL = 'sqlite:./synapse.db';

/** @internal What decoders there are to choose from. */
export const IMAGE_DECODERS = ['fastest', 'memory-safe'] as const;

/** @internal Which decoders see the bytes of uploads. */
export type ImageDecoders = (typeof IMAGE_DECODERS)[number];

/** @internal `DATABASE_URL`. */
export function readDatabaseUrl(environment: Environment): string {
  return environment.text('DATABASE_URL') ?? DEFAULT_DATABASE_URL;
}

/** @internal `STORAGE_URL`. */
export function readStorageUrl(environment: Environment): string {
  return environment.text('STORAGE_URL') ?? DEFAULT_STORAGE_URL;
}

/** @internal `PUBLIC_BASE_URL`. */
export function readPublicBaseUrl(environment: Environment): string {
  return environment.text('PUBLIC_BASE_URL') ?? '';
}

/** @internal `IMAGE_DECODERS`. */
export function readImageDecoders(environment: Environment): ImageDecoders {
  return environment.choice('IMAGE_DECODERS', IMAGE_DECODERS, 'fastest');
}

/** @internal `PUSH_ALLOW_PRIVATE_NETWORK`. */
export function readAllowPrivateNetwork(environment: Environment): boolean {
  return environment.flag('PUSH_ALLOW_PRIVATE_NETWORK', false);
}

/** @internal The authorities of `NODE_EXTRA_CA_CERTS`, which Node itself reads for its own connections; PEM. */
export function readExtraAuthorities(environment: Environment): string | undefined {
  const file = environment.text('NODE_EXTRA_CA_CERTS');
  try {
    return file === undefined ? undefined : readFileSync(file, 'utf8');
  } catch (error) {
    throw ConfigurationError.of('NODE_EXTRA_CA_CERTS', `a readable PEM file, got \`${String(file)}\``, error);
  }
}

/** @internal The key pair and the contact, each also under the name that Next.js shows to browsers; not checked. */
export function readVapidIdentity(environment: Environment): {
  publicKey: string;
  privateKey: string;
  subject: string;
} {
  return {
    publicKey: environment.text('VAPID_PUBLIC_KEY', 'NEXT_PUBLIC_VAPID_PUBLIC_KEY') ?? '',
    privateKey: environment.text('VAPID_PRIVATE_KEY') ?? '',
    subject: environment.text('VAPID_SUBJECT', 'NEXT_PUBLIC_VAPID_SUBJECT') ?? '',
  };
}
