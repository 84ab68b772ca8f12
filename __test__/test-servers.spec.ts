import { connect } from 'node:net';

import { RedisServer } from './support/redis-server';

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

test('a killed Redis refuses connections until it is restarted on the same port', async () => {
  const server = await RedisServer.start();
  try {
    await server.kill();
    const whileDown = await isListening(server.port);
    await server.restart();
    expect([whileDown, await isListening(server.port)]).toEqual([false, true]);
  } finally {
    await server.stop();
  }
});
