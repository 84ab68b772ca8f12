import { section, thrownBy, type Script } from '../scenario';

class Told {
  toString(): string {
    return 'told';
  }
}

function withoutStack(): Error {
  const error = new Error('no stack');
  delete error.stack;
  return Object.assign(error, { stack: undefined });
}

/** What processors of users throw; BullMQ leaves a job active after `undefined`, `null` and messages that are neither text nor number. */
const THROWN: Record<string, unknown> = {
  'a text': 'text',
  'no text': '',
  'a number': 5,
  zero: 0,
  NaN,
  'a bigint': 10n,
  false: false,
  'a symbol': Symbol('thrown'),
  'a function': () => 1,
  'a list': [1, 2],
  'an object': { a: 1 },
  'an object without a prototype': Object.create(null) as object,
  'an object with a message': { message: 'told' },
  'an object with a number as message': { message: 5 },
  'an object with a stack': { stack: 'where\n  at it' },
  'an instance with toString': new Told(),
  'a date': new Date(0),
  'an error': new Error('told'),
  'an error without a message': new Error(),
  'an error without a stack': withoutStack(),
  'an error with a cause': new Error('outer', { cause: new Error('inner') }),
  'a frozen error': Object.freeze(new Error('frozen')),
  'several errors': new AggregateError([new Error('a'), new Error('b')], 'several'),
  'several errors without a message': new AggregateError([new Error('a')]),
  'an aborted call': new DOMException('aborted', 'AbortError'),
  'half a character in a message': { message: '\ud800' },
  'an error that is named unrecoverable': Object.assign(new Error('never'), { name: 'UnrecoverableError' }),
};

const RETURNED: Record<string, () => unknown> = {
  'a bigint': () => 10n,
  'a bigint inside': () => ({ a: [1n] }),
  'a circle': () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    return circle;
  },
  'a toJSON that throws': () => ({
    toJSON() {
      throw new Error('no JSON');
    },
  }),
  null: () => null,
  zero: () => 0,
  false: () => false,
  'no text': () => '',
  NaN: () => NaN,
  infinity: () => Infinity,
  'a date': () => new Date(0),
  'a map': () => new Map([[1, 2]]),
  bytes: () => Buffer.from('ab'),
  'undefined inside': () => ({ a: undefined, b: [undefined] }),
  'toJSON of undefined': () => ({ toJSON: () => undefined }),
  'half a character': () => '\ud800',
};

/** Runs one job on a processor and shows what listeners see, which fields they find, and what is stored. */
function ending(processor: () => unknown): Script {
  return async function* ({ queue, worker }) {
    await queue.add('job', {}, { attempts: 1 });
    const running = worker(() => Promise.resolve().then(processor), { autorun: false });
    const seen: unknown[] = [];
    running.on('error', (error) => seen.push(['error', error]));
    const ended = new Promise<void>((resolve) => {
      running.on('failed', (job, error) => {
        seen.push(['failed', error, typeof job?.failedReason, job?.failedReason, job?.stacktrace?.length]);
        resolve();
      });
      running.on('completed', (job, value) => {
        seen.push(['completed', value, typeof job.returnvalue, job.returnvalue]);
        resolve();
      });
    });
    void running.run();
    await ended;
    await running.close();
    yield seen;
    yield await queue.getJob('1');
  };
}

function scripts<Value>(values: Record<string, Value>, script: (value: Value) => Script): Record<string, Script> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, script(value)]));
}

export const thrownValues = section(
  'a processor throws',
  scripts(THROWN, (thrown) =>
    ending(() => {
      throw thrown;
    }),
  ),
);

export const returnedValues = section('a processor returns', scripts(RETURNED, ending));

/** What JavaScript may pass for a processor. An object whose properties are functions is a map of processors here. */
const PROCESSORS: Record<string, unknown> = {
  'a number': 5,
  zero: 0,
  NaN,
  true: true,
  false: false,
  'no text': '',
  null: null,
  'a symbol': Symbol('processor'),
  'a bigint': 5n,
  'an object': {},
  'an object with a path': { file: '/processor.js' },
  'a list': [],
  'a date': new Date(0),
  'a pattern': /a/,
  'a map': new Map([['job', () => 1]]),
  'a promise': Promise.resolve(),
  'a file that does not exist': '/none/processor.js',
  'a URL that does not exist': new URL('file:///none/processor.js'),
  'the URL of a site': new URL('https://example.org/processor.js'),
};

export const processors = section(
  'as processor',
  scripts(
    PROCESSORS,
    (processor) =>
      async function* ({ api, queue, lend, prefix, closing }) {
        const options = { connection: lend(), prefix };
        yield await thrownBy(async () => {
          const worker = closing(new api.Worker(queue.name, processor as never, options));
          await worker.run();
        });
      },
  ),
);

export const endsByHand = section('ended by hand', {
  async *'the job shows what was asked for even if that fails'({ queue, manualWorker }) {
    for (const value of [5, 0, null]) {
      await queue.add('job', {});
      const held = await manualWorker().getNextJob('token', { block: false });
      yield [await thrownBy(() => held.moveToCompleted(value, 'another', false)), typeof held.returnvalue];
      yield [await thrownBy(() => held.moveToFailed(new Error('no'), 'another')), held.failedReason];
      yield [await thrownBy(() => held.moveToCompleted(value, 'token', false)), typeof held.returnvalue];
    }
  },
  async *'nothing is no error'({ queue, manualWorker }) {
    await queue.add('job', {});
    const held = await manualWorker().getNextJob('token', { block: false });
    const thrown = await thrownBy(() => held.moveToFailed(undefined as never, 'token'));
    yield [thrown instanceof TypeError, await held.getState()];
  },
});
