import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { QueueService, sqliteStores } from '../../index.mjs';
import { PushReceiver } from '../servers/push-receiver.cjs';
import { vapidKeys } from '../servers/vapid.cjs';
import { say } from '../setup/terminal.mjs';
import { countLines, deliveryLine, fileLines, report } from './report.mjs';
import { WorkerProcess } from './worker-process.mjs';

const FOLDER = '.quickstart';
const STORAGE = join(FOLDER, 'storage');
const AUTHORITY = join(FOLDER, 'authority.pem');
const DATABASE_URL = `sqlite:${FOLDER}/synapse.db`;
const UPLOAD = 'uploads/dandelions.jpg';
const USER = 'user_456';
const FILE = 'file_789';
const JOB_DEADLINE_MS = 60_000;
const GONE = 410;

/** Adds a photo and a push message as a web application would, and shows what a worker process makes of them. */
export async function runDemo(redisUrl, cleanUp) {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(join(STORAGE, 'uploads'), { recursive: true });
  await copyFile(join(import.meta.dirname, 'dandelions.jpg'), join(STORAGE, UPLOAD));
  const receiver = await PushReceiver.start();
  cleanUp(() => receiver.close());
  const stores = await openStores(receiver, cleanUp);

  say('npm run worker');
  const worker = new WorkerProcess(await workerEnvironment(redisUrl, receiver));
  cleanUp(() => worker.stop());
  await worker.ready();

  const service = new QueueService({ connection: { url: redisUrl } });
  cleanUp(() => service.close());
  const results = await worker.during(runJobs(service));

  report('Results', results.map((result) => JSON.stringify(result)));
  report('Push messages received', receiver.deliveries.map(deliveryLine));
  report('Subscriptions left', await remainingSubscriptions(stores));
  report('Files', await fileLines(STORAGE));
  report('Queues', countLines(await service.getStats()));
  process.stdout.write('\n');
  check(receiver.deliveries);
}
