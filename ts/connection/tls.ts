import type { TlsOptions } from '../options/connection-options';

/** PEM texts, in the form the engine reads. */
export interface NativeTls {
  ca?: string;
  cert?: string;
  key?: string;
  acceptsAnyCertificate?: boolean;
}

/** Reduces Node's TLS options to what the engine needs; `undefined` for a connection that is not encrypted. */
export function toNativeTls(tls: TlsOptions | boolean | undefined): NativeTls | undefined {
  if (typeof tls !== 'object') {
    return tls ? {} : undefined;
  }
  const ca = tls.ca === undefined ? [] : [tls.ca].flat();
  return {
    ...(ca.length > 0 && { ca: ca.map(pemText).join('\n') }),
    ...(tls.cert !== undefined && { cert: pemText(tls.cert) }),
    ...(tls.key !== undefined && { key: pemText(tls.key) }),
    ...(tls.rejectUnauthorized === false && { acceptsAnyCertificate: true }),
  };
}

function pemText(pem: string | Uint8Array): string {
  return typeof pem === 'string' ? pem : Buffer.from(pem).toString('utf8');
}
