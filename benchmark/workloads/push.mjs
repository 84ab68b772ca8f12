import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

import webpush from 'web-push';

import { notificationFor, PUSH_QUEUE, SILENT } from '../built-in-jobs.mjs';
import { checkCounts, loadLibrary, PEERS } from '../peers.mjs';
import { completions, runUntil } from './completions.mjs';

const WARM_UP = 50;

/** Delivers notifications to every browser of their users: the jobs wait beforehand, as after a burst. */
export async function run({ peer, params, connection, folder, meter }) {
  const rows = JSON.parse(await readFile(join(folder, 'subscriptions.json'), 'utf8'));
  const users = [...new Set(rows.map(({ userId }) => userId))];
  const perUser = rows.length / users.length;
  const processor = await processorOf(peer, { rows, folder });
  const producer = await producerOf(peer, connection);
  const deliver = async (jobs, begin) => {
    await producer.add(Array.from({ length: jobs }, (_, i) => users[i % users.length]));
    const { Worker } = await loadLibrary(peer);
    const worker = new Worker(PUSH_QUEUE.name, processor, { connection, ...params, autorun: false });
    await worker.waitUntilReady();
    const done = completions(worker, jobs, (result) => {
      if (result.sent !== perUser || result.total !== perUser) throw new Error(`a job sent ${JSON.stringify(result)}`);
    });
    await begin();
    await runUntil(worker, done);
    return worker;
  };
  await (await deliver(WARM_UP, async () => {})).close();
  let start;
  const worker = await deliver(params.jobs, async () => {
    await meter.begin();
    start = performance.now();
  });
  const elapsedMs = performance.now() - start;
  const { cpuMicros } = meter.end();
  await worker.close();
  await producer.close();
  await checkCounts({ peer, connection, queue: PUSH_QUEUE.name }, { waiting: 0, active: 0, delayed: 0, failed: 0 });
  const messages = params.jobs * perUser;
  const metrics = { throughput: (messages / elapsedMs) * 1000, nodeCpu: cpuMicros / messages };
  return {
    metrics: { ...metrics, messages: messages + WARM_UP * perUser },
    jobs: params.jobs,
    close: async () => {},
  };
}

async function producerOf(peer, connection) {
  const { Queue, QueueService } = await loadLibrary(peer);
  if (peer === PEERS.ourProcessors) {
    const service = new QueueService({ connection, logger: SILENT });
    const add = (users) => Promise.all(users.map((user) => service.addPushNotification(notificationFor(user))));
    return { add, close: () => service.close() };
  }
  const { name, jobName, defaultJobOptions } = PUSH_QUEUE;
  const queue = new Queue(name, { connection, defaultJobOptions });
  const add = (users) => Promise.all(users.map((user) => queue.add(jobName, notificationFor(user))));
  return { add, close: () => queue.close() };
}

async function processorOf(peer, { rows, folder }) {
  const vapid = { ...webpush.generateVAPIDKeys(), subject: 'mailto:bench@example.com' };
  if (peer === PEERS.ourProcessors) {
    const { pushProcessors, sqliteStores } = await loadLibrary(peer);
    const stores = await sqliteStores(`sqlite:${join(folder, 'app.db')}`);
    for (const row of rows) await stores.subscriptions.save(row);
    // The receiver is on loopback, under an authority of its own.
    const extraCa = await readFile(join(folder, 'authority.pem'));
    return { [PUSH_QUEUE.jobName]: pushProcessors({ vapid, stores, extraCa, allowPrivateNetwork: true }).single };
  }
  webpush.setVapidDetails(vapid.subject, vapid.publicKey, vapid.privateKey);
  return withWebPush(rows);
}

/** The usual processor around `web-push`, with its rows in memory instead of a database. */
function withWebPush(rows) {
  return async ({ data: { userId, payload } }) => {
    const subscriptions = rows.filter((row) => row.userId === userId);
    const text = JSON.stringify(payload);
    await Promise.all(
      subscriptions.map(({ endpoint, p256dh, auth }) =>
        webpush.sendNotification({ endpoint, keys: { p256dh, auth } }, text),
      ),
    );
    return { sent: subscriptions.length, failed: 0, total: subscriptions.length };
  };
}
