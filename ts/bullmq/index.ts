/** What BullMQ exports beside its classes, for code that imports it. */
export { Backoffs } from './backoffs';
export * from './connections';
export * from './constants';
export * from './enums';
export { QueueKeys } from './queue-keys';
export * from './values';
export { delay } from './delay';
export { randomUUID } from 'node:crypto';
