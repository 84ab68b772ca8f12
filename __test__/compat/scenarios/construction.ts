import { section, thrownBy, type Script } from '../scenario';

const WORKER_OPTIONS: Record<string, object> = {
  'maxStalledCount -1': { maxStalledCount: -1 },
  'maxStartedAttempts -1': { maxStartedAttempts: -1 },
  'stalledInterval 0': { stalledInterval: 0 },
  'drainDelay 0': { drainDelay: 0 },
  'concurrency 0': { concurrency: 0 },
  'concurrency NaN': { concurrency: Number.NaN },
  'concurrency Infinity': { concurrency: Number.POSITIVE_INFINITY },
};

function constructing(options: object): Script {
  return async function* ({ api, queue, lend, prefix }) {
    const base = { connection: lend(), prefix, autorun: false };
    yield await thrownBy(() => new api.Worker(queue.name, () => Promise.resolve(), { ...base, ...options }));
  };
}

export const workerOptions = section(
  'Worker refuses',
  Object.fromEntries(Object.entries(WORKER_OPTIONS).map(([what, options]) => [what, constructing(options)])),
);

export const construction = section('construction', {
  async *'a worker without a connection'({ api, queue }) {
    yield await thrownBy(() => new api.Worker(queue.name, () => Promise.resolve(), undefined as never));
  },
  async *'a queue without a name'({ api, lend }) {
    yield await thrownBy(() => new api.Queue('', { connection: lend() }));
  },
  async *'a name with a colon'({ api, lend }) {
    yield await thrownBy(() => new api.Queue('a:b', { connection: lend() }));
  },
  async *'a worker that runs without a processor'({ api, queue, connection, closing }) {
    const worker = closing(new api.Worker(queue.name, null, { connection }));
    yield await thrownBy(() => worker.run());
  },
  async *'a worker that runs twice'({ worker }) {
    const running = worker(() => Promise.resolve());
    await running.waitUntilReady();
    yield await thrownBy(() => running.run());
  },
  async *'concurrency is changed while a worker lives'({ worker }) {
    const running = worker(() => Promise.resolve(), { concurrency: 3 });
    running.concurrency = 5;
    const wrong = await thrownBy(() => (running.concurrency = 0));
    yield [running.concurrency, wrong];
  },
});
