import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';

const REPLY_TIMEOUT_MS = 2000;

/**
 * Asks the Redis behind `url` for a PONG.
 *
 * @param {string} url `redis://` or `rediss://`, user and password optional
 * @returns {Promise<string | undefined>} undefined when it answers, else why not; never shows the password
 */
export async function redisProblem(url) {
  let target;
  try {
    target = parse(url);
  } catch {
    return 'it is not a redis:// or rediss:// URL';
  }
  const reply = await ask(target);
  return reply.includes('+PONG') ? undefined : reply.trim().split('\r\n')[0];
}

function parse(url) {
  const { protocol, hostname, port, username, password } = new URL(url);
  if (protocol !== 'redis:' && protocol !== 'rediss:') throw new TypeError('unknown protocol');
  const credentials = [username, password].filter(Boolean).map(decodeURIComponent);
  return {
    connect: protocol === 'rediss:' ? connectTls : connectTcp,
    address: { host: hostname || '127.0.0.1', port: Number(port || 6379), servername: hostname },
    commands: [...(password ? [['AUTH', ...credentials]] : []), ['PING'], ['QUIT']],
  };
}

function ask({ connect, address, commands }) {
  return new Promise((resolve) => {
    let reply = '';
    const socket = connect(address);
    socket.setEncoding('utf8').setTimeout(REPLY_TIMEOUT_MS);
    socket.on('data', (text) => (reply += text));
    socket.on('timeout', () => socket.destroy(new Error(`no answer within ${REPLY_TIMEOUT_MS} ms`)));
    socket.on('error', (error) => resolve(error.code ?? error.message));
    socket.on('close', () => resolve(reply || 'it closed the connection'));
    socket.write(commands.map(encode).join(''));
  });
}

function encode(parts) {
  return `*${parts.length}\r\n${parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`;
}
