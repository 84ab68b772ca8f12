import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const SIGNAL_EXIT_BASE = 128;

/**
 * Runs `body`, then undoes what it registered, newest first: when it returns, when it throws and on Ctrl-C.
 *
 * @param {(cleanUp: (undo: () => Promise<unknown>) => void) => Promise<void>} body
 */
export async function withCleanUp(body) {
  const undos = [];
  const undoAll = async () => {
    while (undos.length > 0) await undos.pop()();
  };
  const onSignal = async (signal) => {
    await undoAll();
    process.exit(SIGNAL_EXIT_BASE + constants.signals[signal]);
  };
  for (const signal of SIGNALS) process.once(signal, onSignal);
  try {
    await body((undo) => undos.push(undo));
  } finally {
    await undoAll();
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}
