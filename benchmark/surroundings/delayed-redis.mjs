import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const PROXY = join(import.meta.dirname, 'delay-proxy.mjs');

/** A port of a proxy in front of Redis whose round trips take `delayMs` longer. */
export async function startDelayedRedis(redisPort, delayMs) {
  const child = fork(PROXY, [String(redisPort), String(delayMs)]);
  const [port] = await once(child, 'message');
  const close = async () => {
    const exit = once(child, 'exit');
    child.disconnect();
    await exit;
  };
  return { port, close };
}
