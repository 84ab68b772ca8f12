/** Types of workers, jobs and event readers, checked by the compiler alone: every wrong line is expected to be an error. */
import {
  QueueEvents,
  QueueEventsProducer,
  Worker,
  type Job,
  type JobProgress,
  type NativeJobProcessor,
  type QueueEventsListener,
  type WorkerOptions,
} from '../..';
import { typeOf, typesOf } from './type-of';

interface Mail {
  to: string;
}
interface Step {
  step: number;
}

type MailWorker = Worker<Mail, number, 'send', Step>;

export function workersKnowTheirJobs(options: WorkerOptions): MailWorker {
  return new Worker<Mail, number, 'send', Step>(
    'mail',
    async (job, token, signal) => {
      typeOf(job).is<Job<Mail, number, 'send', Step>>();
      typeOf(token).is<string | undefined>();
      typeOf(signal).is<AbortSignal | undefined>();
      await job.updateProgress({ step: 1 });
      // @ts-expect-error -- progress of another kind
      await job.updateProgress(50);
      return 5;
    },
    options,
  );
}

export function mapsKnowTheirJobs(native: NativeJobProcessor, options: WorkerOptions): void {
  new Worker<Mail, number>(
    'mail',
    {
      image: native,
      send: (job) => {
        typeOf(job).is<Job<Mail, number>>();
        return Promise.resolve(5);
      },
    },
    options,
  );
  // @ts-expect-error -- neither a function nor a processor in Rust
  new Worker('mail', { send: 5 }, options);
}

export async function workersTellTheirEvents(worker: MailWorker): Promise<void> {
  worker.on('completed', (job, result, prev) => {
    typesOf(job, result, prev).is<[Job<Mail, number, 'send', Step>, number, string]>();
  });
  worker.on('failed', (job, error) => {
    typesOf(job, error).is<[Job<Mail, number, 'send', Step> | undefined, Error]>();
  });
  worker.once('progress', (_job, progress) => {
    typeOf(progress).is<Step>();
  });
  worker.off('stalled', (id) => {
    typeOf(id).is<string>();
  });
  // @ts-expect-error -- no such event
  worker.on('waiting', () => undefined);
  // @ts-expect-error -- not what this event is emitted with
  worker.emit('completed', 5);
  const job = await worker.getNextJob('token', { block: false });
  typeOf(job).is<Job<Mail, number, 'send', Step> | undefined>();
  await worker.close({ timeout: 100 });
  await worker.close(true);
  // @ts-expect-error -- ms, not text
  await worker.close({ timeout: '100' });
}

interface Mine extends QueueEventsListener<number> {
  opened: (args: { by: string }, id: string) => void;
}

export async function eventReadersKnowTheirEvents(): Promise<void> {
  const events = new QueueEvents<number>('mail');
  events.on('completed', ({ jobId, returnvalue }, id) => {
    typesOf(jobId, returnvalue, id).is<[string, number, string]>();
  });
  events.on('progress', ({ data }) => {
    typeOf(data).is<JobProgress>();
  });
  events.on('drained', (id) => {
    typeOf(id).is<string>();
  });
  events.on<Mine, 'opened'>('opened', ({ by }) => {
    typeOf(by).is<string>();
  });
  events.on<Mine>('opened', ({ by }: { by: string }) => by);
  // @ts-expect-error -- no such event
  events.on('opened', () => undefined);
  const producer = new QueueEventsProducer('mail', { connection: {} });
  await producer.publishEvent<{ eventName: 'opened'; by: string }>({ eventName: 'opened', by: 'ann' });
  // @ts-expect-error -- an event has a name
  await producer.publishEvent({ by: 'ann' });
}
