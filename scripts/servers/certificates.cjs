'use strict';

const { randomUUID } = require('node:crypto');
const { generate } = require('selfsigned');

/** @type {Array<{ type: 2, value: string } | { type: 7, ip: string }>} */
const SERVER_NAMES = [
  { type: 2, value: 'localhost' },
  { type: 7, ip: '127.0.0.1' },
  { type: 7, ip: '::1' },
];

/**
 * A certificate authority and a certificate for localhost that it signed, valid for a day, for servers and clients.
 *
 * Two, because a certificate authority's own certificate is refused as a server's.
 *
 * @returns {Promise<{ ca: string, cert: string, key: string }>} PEM texts
 */
async function localhostCertificates() {
  const now = new Date();
  const common = {
    keyType: /** @type {const} */ ('ec'),
    algorithm: 'sha256',
    notAfterDate: new Date(now.getTime() + 24 * 3600 * 1000),
  };
  // Clients that trust several authorities find the signer by its name.
  const authority = await generate([{ name: 'commonName', value: `Synapse local test authority ${randomUUID()}` }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      { name: 'subjectAltName', altNames: SERVER_NAMES },
    ],
  });
  return { ca: authority.cert, cert: server.cert, key: server.private };
}

module.exports = { localhostCertificates };
