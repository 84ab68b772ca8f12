'use strict';

const { EventEmitter, once } = require('node:events');
const { createServer: createHttp1Server } = require('node:http');
const { createServer: createHttp2Server } = require('node:http2');
const { createServer: createTlsServer } = require('node:tls');
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
 * A request of either version of HTTP.
 *
 * @typedef {object} Exchange
 * @property {string} url
 * @property {string} httpVersion `1.1` or `2.0`
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {import('node:stream').Readable} body
 * @property {(status: number, text?: string) => void} answer
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
   * @param {import('node:tls').Server} server
   * @param {string} ca PEM of the authority that a sender must trust
   * @param {number} readsOneIn of so many messages, one is read
   */
  constructor(server, ca, readsOneIn) {
    super();
    this.#server = server;
    this.ca = ca;
    this.readsOneIn = readsOneIn;
    const http1 = createHttp1Server((request, response) => {
      const { url = '', httpVersion, headers } = request;
      /** @type {Exchange['answer']} */
      const answer = (status, text) => {
        response.writeHead(status, text === undefined ? {} : { 'content-type': 'text/plain' }).end(text);
      };
      void this.#receive({ url, httpVersion, headers, body: request, answer });
    });
    // Its streams themselves: the classes that make them look like those of HTTP/1.1 are a third of the cost of a message.
    const http2 = createHttp2Server().on('stream', (stream, headers) => {
      // A sender that is killed resets its streams.
      stream.on('error', () => {});
      /** @type {Exchange['answer']} */
      const answer = (status, text) => {
        if (stream.destroyed) return;
        if (text === undefined) return stream.respond({ ':status': status }, { endStream: true });
        stream.respond({ ':status': status, 'content-type': 'text/plain' });
        stream.end(text);
      };
      void this.#receive({ url: headers[':path'] ?? '', httpVersion: '2.0', headers, body: stream, answer });
    });
    server.on('secureConnection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      (socket.alpnProtocol === 'h2' ? http2 : http1).emit('connection', socket);
    });
  }

  /**
   * Starts a receiver on a free loopback port.
   *
   * @param {{ speaksHttp2?: boolean, readsOneIn?: number }} [options] HTTP/2 beside HTTP/1.1, default `true`; of so many messages one
   * is decrypted and verified, the others are counted and answered, default 1: all are read
   */
  static async start({ speaksHttp2 = true, readsOneIn = 1 } = {}) {
    const { ca, cert, key } = await localhostCertificates();
    const server = createTlsServer({ cert, key, ALPNProtocols: speaksHttp2 ? ['h2', 'http/1.1'] : ['http/1.1'] });
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

  /** @param {Exchange} exchange */
  async #receive(exchange) {
    this.received += 1;
    if (this.received % this.readsOneIn !== 0) {
      exchange.body.once('end', () => exchange.answer(CREATED)).resume();
      return;
    }
    try {
      const delivery = await this.#read(exchange);
      this.deliveries.push(delivery);
      exchange.answer(delivery.status);
      this.emit('delivery', delivery);
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      exchange.answer(400, reason.message);
      this.emit('rejected', reason);
    }
  }

  /**
   * @param {Exchange} exchange
   * @returns {Promise<Delivery>}
   */
  async #read({ url, httpVersion, headers, body }) {
    const name = decodeURIComponent(url.replace('/push/', ''));
    const subscriber = this.#subscribers.get(name);
    if (subscriber === undefined) throw new Error(`nobody subscribed at ${url}`);
    const chunks = [];
    for await (const chunk of body) chunks.push(chunk);
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
