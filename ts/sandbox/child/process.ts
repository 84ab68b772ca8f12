import type { ToChild } from '../messages';
import { Child } from './child';

/** Entry of a child process. */
const child = new Child((message) => {
  process.send?.(message);
});

process.on('message', (message) => {
  child.receive(message as ToChild);
});

process.on('uncaughtException', (error) => {
  child.crash(error);
});

// The parent is gone: nobody is left to work for.
process.on('disconnect', () => {
  process.exit();
});
