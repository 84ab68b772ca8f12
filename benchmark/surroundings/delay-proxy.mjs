import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { performance } from 'node:perf_hooks';

/**
 * `delay-proxy.mjs <port of Redis> <delay, ms>`: a TCP proxy that hands on what clients send that much later, and answers at once.
 *
 * A round trip through it takes the delay longer. Bytes keep their order, any number of them may be under way. A process of its own,
 * so that its work is not counted as a peer's; it tells its port to its parent.
 */
const [targetPort, delayMs] = process.argv.slice(2).map(Number);

/** Writes chunks to a socket, each as long after it came as the delay. */
class DelayLine {
  #target;
  #chunks = [];
  #timer;

  constructor(target) {
    this.#target = target;
  }

  push(chunk) {
    this.#chunks.push({ chunk, dueAt: performance.now() + delayMs });
    this.#timer ??= setTimeout(() => this.#send(), delayMs);
  }

  #send() {
    this.#timer = undefined;
    const now = performance.now();
    const due = this.#chunks.findIndex(({ dueAt }) => dueAt > now);
    const ready = this.#chunks.splice(0, due === -1 ? this.#chunks.length : due);
    for (const { chunk } of ready) this.#target.write(chunk);
    // A timer of Node may come a millisecond late and never early, but for rounding.
    if (this.#chunks.length > 0) this.#timer = setTimeout(() => this.#send(), this.#chunks[0].dueAt - now);
  }

  close() {
    clearTimeout(this.#timer);
    this.#target.destroy();
  }
}

const server = createServer({ noDelay: true }, (client) => {
  const redis = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
  const line = new DelayLine(redis);
  client.on('data', (chunk) => line.push(chunk));
  redis.on('data', (chunk) => client.write(chunk));
  client.on('close', () => line.close());
  redis.on('close', () => client.destroy());
  for (const socket of [client, redis]) socket.on('error', () => socket.destroy());
});

server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send(server.address().port);
process.once('disconnect', () => process.exit());
