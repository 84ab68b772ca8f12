import { deepStrictEqual, strictEqual } from 'node:assert/strict';
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
const USER = 'user_456';
const FILE = 'file_789';
const UPLOAD = 'uploads/dandelions.jpg';
const PAYLOAD = { title: 'New message in Garden', body: 'The dandelions are ready', url: '/chat/garden' };
const GONE = 410;
const JOB_DEADLINE_MS = 60_000;

/** Adds a photo and a push message as a web application would, and shows what a worker process makes of them. */
export async function runDemo(redisUrl, cleanUp) {
  const receiver = await PushReceiver.start();
  cleanUp(() => receiver.close());
  await prepareFolder(receiver);
  const stores = await openStores(receiver);
  cleanUp(() => stores.close());

  say('npm run worker');
  const worker = new WorkerProcess(workerEnvironment(redisUrl));
  cleanUp(() => worker.stop());
  await worker.printed(/^🚀 /u);

  const service = new QueueService({ connection: { url: redisUrl } });
  cleanUp(() => service.close());
  const results = await worker.during(runJobs(service));
  await worker.printed(/^✅ Job \d+ completed$/u, results.length);
  await showOutcome({ results, receiver, stores, service });
  strictEqual(await worker.stop(), 0, 'the worker ends with exit code 0');
}

async function prepareFolder(receiver) {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(join(STORAGE, 'uploads'), { recursive: true });
  await copyFile(join(import.meta.dirname, 'dandelions.jpg'), join(STORAGE, UPLOAD));
  await writeFile(AUTHORITY, receiver.ca);
}

/** What the application's own database would hold: an upload, and two browsers of one user. */
async function openStores(receiver) {
  const stores = await sqliteStores(DATABASE_URL);
  await stores.files.save(FILE);
  const browsers = { phone: receiver.subscribe('phone'), 'old tablet': receiver.subscribe('old tablet', GONE) };
  for (const [name, { endpoint, keys }] of Object.entries(browsers)) {
    await stores.subscriptions.save({ id: name, userId: USER, endpoint, ...keys });
  }
  return stores;
}

function workerEnvironment(redisUrl) {
  const vapid = vapidKeys();
  return {
    REDIS_URL: redisUrl,
    DATABASE_URL,
    STORAGE_URL: `file:${STORAGE}`,
    VAPID_PUBLIC_KEY: vapid.publicKey,
    VAPID_PRIVATE_KEY: vapid.privateKey,
    VAPID_SUBJECT: 'mailto:quickstart@example.com',
    // The receiver is on loopback, under an authority of its own.
    PUSH_ALLOW_PRIVATE_NETWORK: 'true',
    NODE_EXTRA_CA_CERTS: AUTHORITY,
  };
}

/** What a route of the application does; it waits only to show the results. */
async function runJobs(service) {
  const jobs = await Promise.all([
    service.addImageProcessing({ fileId: FILE, filePath: UPLOAD, userId: USER }),
    service.addPushNotification({ userId: USER, payload: PAYLOAD }),
  ]);
  return Promise.all(jobs.map((job) => job.waitUntilFinished(undefined, JOB_DEADLINE_MS)));
}

async function showOutcome({ results, receiver, stores, service }) {
  const [image, push] = results;
  const subscriptions = await stores.subscriptions.findByUser([USER]);
  report(
    'Results',
    results.map((result) => JSON.stringify(result)),
  );
  report('Push messages as the receiver read them', receiver.deliveries.map(deliveryLine));
  report(
    'Subscriptions left',
    subscriptions.map(({ id }) => id),
  );
  report('Files', await fileLines(STORAGE));
  report('Queues', countLines(await service.getStats()));
  process.stdout.write('\n');

  deepStrictEqual({ sent: push.sent, failed: push.failed, total: push.total }, { sent: 1, failed: 1, total: 2 });
  deepStrictEqual(
    receiver.deliveries.map(({ payload }) => JSON.parse(payload)),
    [PAYLOAD, PAYLOAD],
  );
  deepStrictEqual(
    subscriptions.map(({ id }) => id),
    ['phone'],
  );
  strictEqual(image.compressedUrl.endsWith(`${FILE}-compressed.jpg`), true);
}
