'use strict';

const { createECDH, randomBytes } = require('node:crypto');
const { decrypt } = require('http_ece');

/** One browser's subscription: what it gives to the application, and the secrets to read what it receives. */
class PushSubscription {
  #ecdh = createECDH('prime256v1');
  #auth = randomBytes(16);

  /** @param {string} endpoint URL that the push service gave to this browser */
  constructor(endpoint) {
    this.endpoint = endpoint;
    this.#ecdh.generateKeys();
    /** The keys of the Push API, base64url. */
    this.keys = { p256dh: this.#ecdh.getPublicKey('base64url'), auth: this.#auth.toString('base64url') };
  }

  /**
   * Reads an `aes128gcm` message (RFC 8291).
   *
   * @param {Buffer} body
   */
  decrypt(body) {
    const message = decrypt(body, { version: 'aes128gcm', privateKey: this.#ecdh, authSecret: this.keys.auth });
    return message.toString('utf8');
  }
}

module.exports = { PushSubscription };
