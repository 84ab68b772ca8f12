'use strict';

const { createECDH, createPublicKey } = require('node:crypto');
const { verify } = require('jsonwebtoken');

const SCALAR_BYTES = 32;

/** A new application server key pair (RFC 8292), base64url as `VAPID_PUBLIC_KEY` and `VAPID_PRIVATE_KEY` expect it. */
function vapidKeys() {
  const ecdh = createECDH('prime256v1');
  const publicKey = ecdh.generateKeys('base64url');
  // Leading zeros are left out of the scalar.
  const scalar = ecdh.getPrivateKey();
  const privateKey = Buffer.concat([Buffer.alloc(SCALAR_BYTES - scalar.length), scalar]).toString('base64url');
  return { publicKey, privateKey };
}

/**
 * The claims of an `Authorization: vapid t=…, k=…` header whose signature is right.
 *
 * @param {string} authorization
 * @param {string} audience origin the token must be meant for
 * @returns {{ publicKey: string, subject: string | undefined, expiresAt: Date }}
 */
function verifyVapid(authorization, audience) {
  const { t: token, k: publicKey } = parameters(authorization);
  if (token === undefined || publicKey === undefined) throw new Error('the vapid header lacks `t` or `k`');
  const claims = verify(token, keyObject(publicKey), { algorithms: ['ES256'], audience });
  if (typeof claims === 'string' || claims.exp === undefined) throw new Error('the vapid token does not expire');
  return { publicKey, subject: claims.sub, expiresAt: new Date(claims.exp * 1000) };
}

/**
 * @param {string} authorization
 * @returns {Record<string, string | undefined>}
 */
function parameters(authorization) {
  const [scheme, ...rest] = authorization.split(' ');
  if (scheme?.toLowerCase() !== 'vapid') throw new Error('the authorization scheme is not vapid');
  const pairs = rest.join(' ').split(',');
  return Object.fromEntries(pairs.map((pair) => /** @type {[string, string]} */ (pair.trim().split('=', 2))));
}

/** @param {string} publicKey uncompressed P-256 point, base64url */
function keyObject(publicKey) {
  const point = Buffer.from(publicKey, 'base64url');
  const x = point.subarray(1, 33).toString('base64url');
  const y = point.subarray(33, 65).toString('base64url');
  return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } });
}

module.exports = { vapidKeys, verifyVapid };
