'use strict';

const { once } = require('node:events');
const { createServer } = require('node:net');

/** A loopback port that nobody listens on at the moment. */
async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
  probe.close();
  await once(probe, 'close');
  return port;
}

module.exports = { freePort };
