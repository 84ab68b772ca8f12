'use strict';

const { EventEmitter, once } = require('node:events');
const { createSecureServer } = require('node:http2');
const { createServer } = require('node:https');
const { localhostCertificates } = require('./certificates.cjs');
const { PushSubscription } = require('./push-subscription.cjs');
const { verifyVapid } = require('./vapid.cjs');

const CREATED = 201;

/**
 * One message that reached the receiver, decrypted and its sender verified.
 *
 * @typedef {object} Delivery
 * @property {string} name the subscription's
 * @property {number} status what was answered
 * @property {string} payload
 * @property {string} httpVersion `1.1` or `2.0`
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {{ publicKey: string, subject: string | undefined, expiresAt: Date }} vapid
 */

/**
 * A push service on loopback (RFC 8030 over HTTPS, HTTP/1.1 and HTTP/2) that reads its subscribers' messages.
 *
 * Emits `delivery` with a {@link Delivery}. A message that cannot be decrypted or whose VAPID token is wrong is
 * answered 400 with the reason and emitted as `rejected` with the error.
 *
 * @extends {EventEmitter<{ delivery: [delivery: Delivery], rejected: [error: Error] }>}
 */
class PushReceiver extends EventEmitter {
  /** @type {Map<string, { subscription: PushSubscription, statuses: number[] }>} */
  #subscribers = new Map();
  /** @type {Set<import('node:tls').TLSSocket>} */
  #sockets = new Set();
  #server;

  /** Every message that was read so far, oldest first. @type {Delivery[]} */
  deliveries = [];

  /** How many messages came so far. */
  received = 0;

  /**
   * @param {import('node:http2').Http2SecureServer | import('node:https').Server} server
   * @param {string} ca PEM of the authority that a sender must trust
   * @param {number} readsOneIn of so many messages, one is read
   */
  constructor(server, ca, readsOneIn) {
    super();
    this.#server = server;
    this.ca = ca;
    this.readsOneIn = readsOneIn;
    server.on('secureConnection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('request', (request, response) => void this.#answer(request, response));
  }

  /**
   * Starts a receiver on a free loopback port.
   *
   * @param {{ speaksHttp2?: boolean, readsOneIn?: number }} [options] HTTP/2 beside HTTP/1.1, default `true`; of so many messages one
   * is decrypted and verified, the others are counted and answered, default 1: all are read
   */
  static async start({ speaksHttp2 = true, readsOneIn = 1 } = {}) {
    const { ca, cert, key } = await localhostCertificates();
    const server = speaksHttp2 ? createSecureServer({ cert, key, allowHTTP1: true }) : createServer({ cert, key });
    const receiver = new PushReceiver(server, ca, readsOneIn);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  /** `https://localhost:<port>` */
  get origin() {
    const { port } = /** @type {import('node:net').AddressInfo} */ (this.#server.address());
    return `https://localhost:${port}`;
  }

  /**
   * A new subscriber. Its messages are answered with these statuses in turn, the last one for good.
   *
   * @param {string} name unique
   * @param {...number} statuses default 201 (created)
   */
  subscribe(name, ...statuses) {
    const subscription = new PushSubscription(`${this.origin}/push/${encodeURIComponent(name)}`);
    this.#subscribers.set(name, { subscription, statuses: statuses.length > 0 ? statuses : [CREATED] });
    return subscription;
  }

  /** Stops listening and closes every connection. */
  async close() {
    for (const socket of this.#sockets) socket.destroy();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  /**
   * @param {import('node:http2').Http2ServerRequest} request
   * @param {import('node:http2').Http2ServerResponse} response
   */
  async #answer(request, response) {
    try {
      this.received += 1;
      if (this.received % this.readsOneIn !== 0) {
        for await (const chunk of request) void chunk;
        response.writeHead(CREATED).end();
        return;
      }
      const delivery = await this.#read(request);
      this.deliveries.push(delivery);
      response.writeHead(delivery.status).end();
      this.emit('delivery', delivery);
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      response.writeHead(400, { 'content-type': 'text/plain' }).end(reason.message);
      this.emit('rejected', reason);
    }
  }

  /**
   * @param {import('node:http2').Http2ServerRequest} request
   * @returns {Promise<Delivery>}
   */
  async #read(request) {
    const name = decodeURIComponent(request.url.replace('/push/', ''));
    const subscriber = this.#subscribers.get(name);
    if (subscriber === undefined) throw new Error(`nobody subscribed at ${request.url}`);
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { headers, httpVersion } = request;
    if (headers['content-encoding'] !== 'aes128gcm') throw new Error('the message is not encoded as aes128gcm');
    const [status = CREATED, ...later] = subscriber.statuses;
    if (later.length > 0) subscriber.statuses = later;
    return {
      name,
      status,
      payload: subscriber.subscription.decrypt(Buffer.concat(chunks)),
      httpVersion,
      headers,
      vapid: verifyVapid(headers.authorization ?? '', this.origin),
    };
  }
}

module.exports = { PushReceiver };
