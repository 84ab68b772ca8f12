import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { HonoAdapter } from '@bull-board/hono';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { basicAuth } from 'hono/basic-auth';

import { queueService, QUEUE_NAMES } from '.';

export const BOARD_PATH = '/admin/queues';

/** The dashboard, behind the password of ADMIN_PASSWORD; its user is `admin`. */
export function queueBoard(): Hono {
  const password = process.env.ADMIN_PASSWORD;
  const app = new Hono();
  if (!password) {
    return app.all('*', (context) => context.text('Set ADMIN_PASSWORD to open the dashboard: npm run setup', 503));
  }
  const adapter = new HonoAdapter(serveStatic).setBasePath(BOARD_PATH);
  const queues = Object.values(QUEUE_NAMES).map((name) => new BullMQAdapter(queueService().queue(name) as never));
  createBullBoard({ queues, serverAdapter: adapter, options: { uiConfig: { boardTitle: 'Synapse queues' } } });
  app.use('*', basicAuth({ username: 'admin', password, realm: 'Queues' }));
  app.route(BOARD_PATH, adapter.registerPlugin());
  return app;
}
