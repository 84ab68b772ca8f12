import * as bullmq from 'bullmq';

import * as synapse from '../..';

/** What is left out; docs/migrating-from-bullmq.md lists the same. */
const LEFT_OUT = [
  // Other backends, the relay, and clients other than ioredis and node-redis.
  /Postgres|Relay|^RELAY_|Schema|_SCHEMA(_VERSION)?$|^MIGRATION_|_POSTGRES_VERSION$|^runMigrations$|^isPgPool$/,
  /^createBunRedisClient$|^createValkeyGlideClient$|BackendFactory$|^createRedisBackend$|^withBackend$/,
  // What BullMQ is made of inside.
  /^(AsyncFifoQueue|Child|ChildPool|ChildProcessor|LockManager|RedisConnection|RedisQueueBackend)$/,
  /^(asyncSend|childSend|checkRelayResult|clientCommandMessageReg|errorObject|errorToJSON|forwardConnectionError)$/,
  /^(getParentKey|isIRedisClient|isRedisVersionLowerThan|raw2NextJobData|toString|trace|tryCatch|withDetachedContext)$/,
];

/** Names of other parts of the contract, checked where those are. */
const ELSEWHERE = /Flow|Repeat|NextMillis|^create(IO|Node)|SpanKind|^Metric|Telemetry|LEGACY|Legacy/;

const names = Object.keys(bullmq).filter(
  (name) => ![...LEFT_OUT, ELSEWHERE].some((pattern) => pattern.test(name)),
) as (keyof typeof bullmq)[];
/** Built-in strategies do not look at the job. */
const JOB = Object.create(bullmq.Job.prototype) as bullmq.Job;
const ours = synapse as unknown as Record<string, unknown>;

describe('names that code imports from bullmq', () => {
  test.each(names)('%s', (name) => {
    expect(typeof ours[name]).toBe(typeof bullmq[name]);
  });

  test.each([
    ...(['ChildCommand', 'ParentCommand', 'ErrorCode', 'MetricsTime', 'ClientType'] as const),
    ...(['PRIORITY_LIMIT', 'QUEUE_EVENT_SUFFIX', 'CONNECTION_CLOSED_ERROR_MSG', 'BULLMQ_MAJOR_VERSION'] as const),
    ...(['DELAY_TIME_1', 'DELAY_TIME_5', 'optsEncodeMap', 'optsDecodeMap'] as const),
    ...(['RATE_LIMIT_ERROR', 'UNRECOVERABLE_ERROR', 'DELAYED_ERROR', 'WAITING_ERROR'] as const),
    'WAITING_CHILDREN_ERROR' as const,
  ])('%s has the same value', (name) => {
    expect(ours[name]).toEqual(bullmq[name]);
  });

  const calls: [string, (api: typeof bullmq) => unknown][] = [
    ['array2obj', (api) => api.array2obj(['a', '1', 'b', '2'])],
    ['objectToFlatArray', (api) => api.objectToFlatArray({ a: 1, b: undefined, c: 'x' })],
    ['isEmpty', (api) => [api.isEmpty({}), api.isEmpty({ a: 1 })]],
    ['invertObject', (api) => api.invertObject({ a: 'x', b: 'y' })],
    ['lengthInUtf8Bytes', (api) => api.lengthInUtf8Bytes('größe 🎥')],
    ['parseObjectValues', (api) => api.parseObjectValues({ a: '1', b: '{"c":[]}' })],
    ['removeUndefinedFields', (api) => api.removeUndefinedFields({ a: undefined, b: null, c: 0 })],
    ['isRedisInstance', (api) => [{}, null, undefined, 'x'].map((value) => api.isRedisInstance(value))],
    ['QueueKeys.getKeys', (api) => new api.QueueKeys().getKeys('work')],
    ['QueueKeys.toKey', (api) => new api.QueueKeys('p').toKey('work', 'wait')],
    ['QueueKeys.getQueueQualifiedName', (api) => new api.QueueKeys('p').getQueueQualifiedName('work')],
    ['Backoffs.normalize', (api) => [5, 0, { type: 'x', delay: 3 }].map((backoff) => api.Backoffs.normalize(backoff))],
    [
      'isNotConnectionError',
      (api) =>
        [
          new Error('x'),
          new Error('Connection is closed.'),
          new Error('before Connection is closed. after'),
          new Error('connect ECONNREFUSED 127.0.0.1:1'),
          Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
        ].map((error) => api.isNotConnectionError(error)),
    ],
  ];

  test.each(calls)('%s answers the same', (_name, call) => {
    expect(call(synapse as unknown as typeof bullmq)).toEqual(call(bullmq));
  });

  test.each([{ type: 'fixed', delay: 100 }, { type: 'exponential', delay: 100 }, { type: 'fixed' }, undefined])(
    'Backoffs.calculate with %j answers the same',
    async (backoff) => {
      const delays = [bullmq, synapse as unknown as typeof bullmq].map((api) =>
        api.Backoffs.calculate(backoff as bullmq.BackoffOptions, 3, new Error('x'), JOB),
      );
      expect(await delays[1]).toBe(await delays[0]);
    },
  );

  test('the versions are those of the package and of the bullmq it is tested against', () => {
    expect(synapse.version).toBe(jest.requireActual<{ version: string }>('../../package.json').version);
    expect(synapse.bullmqVersion).toBe(jest.requireActual<{ version: string }>('bullmq/package.json').version);
  });
});
