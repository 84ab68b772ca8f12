/** The only import of the addon; everything else goes through here. */
import { isMainThread } from 'node:worker_threads';
import { waitOnEventLoop } from '../addon.js';

export * from '../addon.js';

// Other runtimes have no libuv underneath; Bun's stand-in for it ends the process.
if (isMainThread && process.versions['bun'] === undefined) {
  waitOnEventLoop();
}
