import { BUILT_IN_QUEUES, JOB_TYPES, QUEUE_NAMES } from '..';

const DAY_S = 24 * 60 * 60;
const sizeLimit = 1024 * 1024;

describe('the built-in queues', () => {
  test('have the names that applications use', () => {
    expect(QUEUE_NAMES).toEqual({
      PUSH_NOTIFICATIONS: 'push-notifications',
      FILE_PROCESSING: 'file-processing',
      EMAIL: 'email',
    });
    expect(JOB_TYPES).toEqual({
      PUSH_NOTIFICATION: 'push-notification',
      BATCH_PUSH_NOTIFICATION: 'batch-push-notification',
      PROCESS_IMAGE: 'process-image',
      PROCESS_VIDEO: 'process-video',
      OPTIMIZE_AVATAR: 'optimize-avatar',
      SEND_EMAIL: 'send-email',
    });
  });

  const message = {
    defaultJobOptions: {
      attempts: 3,
      backoff: { type: 'exponential', delay: 2000 },
      removeOnComplete: { age: DAY_S, count: 1000 },
      removeOnFail: { age: 7 * DAY_S },
      sizeLimit,
    },
    worker: { concurrency: 5, limiter: { max: 100, duration: 1000 } },
  };
  const file = {
    defaultJobOptions: {
      attempts: 2,
      backoff: { type: 'exponential', delay: 5000 },
      removeOnComplete: { age: 7 * DAY_S, count: 500 },
      removeOnFail: { age: 7 * DAY_S },
      sizeLimit,
    },
    worker: { concurrency: 3, limiter: { max: 50, duration: 1000 } },
  };

  test.each([
    ['push-notifications', { ...message, jobTypes: ['push-notification', 'batch-push-notification'] }],
    ['file-processing', { ...file, jobTypes: ['process-image', 'process-video', 'optimize-avatar'] }],
    ['email', { ...message, jobTypes: ['send-email'] }],
  ] as const)('%s: job types, attempts, backoff, retention, largest data, concurrency and rate', (name, expected) => {
    expect(BUILT_IN_QUEUES[name]).toEqual(expected);
  });
});
