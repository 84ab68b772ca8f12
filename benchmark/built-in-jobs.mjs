// Not the package's entry: the process of another peer shall not load the addon.
import { BUILT_IN_QUEUES, JOB_TYPES, QUEUE_NAMES } from '../dist/queue-names.js';

const NAME = QUEUE_NAMES.PUSH_NOTIFICATIONS;
// Only this package's queues know a limit of size.
const defaultJobOptions = { ...BUILT_IN_QUEUES[NAME].defaultJobOptions, sizeLimit: undefined };

/** The queue of notifications as an application without this package sets it up, with the same options of jobs. */
export const PUSH_QUEUE = { name: NAME, jobName: JOB_TYPES.PUSH_NOTIFICATION, defaultJobOptions };

/** A notification as a chat sends it. */
export function notificationFor(userId) {
  return {
    userId,
    payload: { title: 'New message in Garden', body: 'The dandelions are ready. '.repeat(8), url: '/chat/garden' },
  };
}

/** A log that is kept nowhere. */
export const SILENT = { log() {}, error() {}, warn() {}, info() {}, debug() {} };
