import { BULLMQ_VERSION, PRIORITY_LIMIT, VERSION, shortOptionNames } from '../native';

/** Release of this package. */
export const version: string = VERSION;
/** BullMQ release whose state in Redis this package reads and writes. */
export const bullmqVersion: string = BULLMQ_VERSION;
/** The first number of {@link bullmqVersion}. */
export const BULLMQ_MAJOR_VERSION = Number.parseInt(BULLMQ_VERSION, 10);

/** Largest priority a job can have. */
export { PRIORITY_LIMIT };

/** Message of `ConnectionClosedError`. */
export const CONNECTION_CLOSED_ERROR_MSG = 'Connection is closed.';
/** Ends the name of an event reader's connection. */
export const QUEUE_EVENT_SUFFIX = ':qe';
/** A short delay, ms. */
export const DELAY_TIME_1 = 100;
/** A longer delay, ms. */
export const DELAY_TIME_5 = 5000;

/** Short names of options in their stored form, by the names users write. */
export const optsEncodeMap: Readonly<Record<string, string>> = shortOptionNames();
/** Names of options as users write them, by their short ones. */
export const optsDecodeMap: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(optsEncodeMap).map(([long, short]) => [short, long]),
);
