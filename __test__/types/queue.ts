/** Types of queues, checked by the compiler alone: every wrong line is expected to be an error. */
import { Queue, Worker, type Job, type JobProgress, type JobsOptions, type Processor, type QueueOptions } from '../..';
import { typeOf, typesOf } from './type-of';

interface Mail {
  to: string;
}
interface Receipt {
  messageId: string;
}
type Name = 'send' | 'bounce';

export async function queuesKnowTheirJobs(queue: Queue<Mail, Receipt, Name>): Promise<void> {
  const job = await queue.add('send', { to: 'ann@example.com' }, { attempts: 2, timeout: 500 });
  typeOf(job).is<Job<Mail, Receipt, Name>>();
  typeOf(job.data).is<Mail>();
  typeOf(job.returnvalue).is<Receipt>();
  typeOf(job.name).is<Name>();
  const jobs = await queue.addBulk([{ name: 'bounce', data: { to: 'x' }, opts: { delay: 1 } }]);
  typeOf(jobs).is<Job<Mail, Receipt, Name>[]>();
  const read = await queue.getJob('1');
  typeOf(read).is<Job<Mail, Receipt, Name> | undefined>();
  const waiting = await queue.getWaiting();
  typeOf(waiting).is<Job<Mail, Receipt, Name>[]>();
  const result = await job.waitUntilFinished();
  typeOf(result).is<Receipt>();

  // @ts-expect-error -- no such job
  await queue.add('open', { to: 'x' });
  // @ts-expect-error -- other data
  await queue.add('send', { from: 'x' });
  // @ts-expect-error -- no such option
  await queue.add('send', { to: 'x' }, { attempt: 2 });
  // @ts-expect-error -- no such state
  await queue.clean(0, 0, 'done');
  // @ts-expect-error -- data of another job
  await job.updateData({ from: 'x' });
}

export async function queuesDeclaredByTheirJob(queue: Queue<Job<Mail, Receipt, Name>>): Promise<void> {
  const job = await queue.add('send', { to: 'x' });
  typeOf(job).is<Job<Mail, Receipt, Name>>();
  // @ts-expect-error -- other data
  await queue.add('send', 5);
}

export async function queuesWithoutTypesTakeAnything(queue: Queue): Promise<void> {
  const job = await queue.add('anything', 5, {} satisfies JobsOptions);
  const field = job.data as string;
  await queue.add(field, { nested: [null] });
}

export function queuesTellTheirEvents(queue: Queue<Mail, Receipt, Name>): void {
  queue.on('waiting', (job) => {
    typeOf(job).is<Job<Mail, Receipt, Name>>();
  });
  queue.on('cleaned', (ids, type) => {
    typesOf(ids, type).is<[string[], string]>();
  });
  queue.on('progress', (id, progress) => {
    typesOf(id, progress).is<[string, JobProgress]>();
  });
  // @ts-expect-error -- queues do not tell what workers do
  queue.on('completed', () => undefined);
  // @ts-expect-error -- the id is a text
  queue.on('removed', (id: number) => id);
}

/** Subclasses keep the types and may override methods. */
export class MailQueue extends Queue<Mail, Receipt, Name> {
  constructor(opts?: QueueOptions) {
    super('mail', opts);
  }

  override add(name: Name, data: Mail, opts?: JobsOptions): Promise<Job<Mail, Receipt, Name>>;
  override add(data: Mail, opts?: JobsOptions): Promise<Job<Mail, Receipt, Name>>;
  override async add(...args: unknown[]): Promise<Job<Mail, Receipt, Name>> {
    return super.add(...(args as [Name, Mail, JobsOptions]));
  }
}

export function objectsThatStandInForAQueue(queue: MailQueue): void {
  const stub = Object.create(queue) as MailQueue;
  stub.getJobCounts = () => Promise.resolve({ waiting: 1 });
  new Worker<Mail, Receipt, Name>('mail', (job) => Promise.resolve({ messageId: job.data.to }), { connection: {} });
  const processor: Processor<Mail, Receipt, Name> = (_job, token, signal) =>
    Promise.resolve({ messageId: `${token ?? ''}${String(signal?.aborted)}` });
  // @ts-expect-error -- another result
  const wrong: Processor<Mail, Receipt, Name> = () => Promise.resolve(5);
  typesOf(stub, processor, wrong);
}
