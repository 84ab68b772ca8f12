import { parentPort } from 'node:worker_threads';

import type { ToChild } from '../messages';
import { Child } from './child';

/** Entry of a worker thread. */
const child = new Child((message) => {
  parentPort?.postMessage(message);
});

parentPort?.on('message', (message: ToChild) => {
  child.receive(message);
});

process.on('uncaughtException', (error) => {
  child.crash(error);
});
