/**
 * Node's scheduling functions as they were when this package was loaded.
 *
 * Jest and sinon replace them with fakes that only run when a test advances its clock; fetching, finishing, event delivery and
 * close must go on regardless.
 */
export const originals = {
  nextTick: process.nextTick.bind(process),
  queueMicrotask: globalThis.queueMicrotask,
  setImmediate: globalThis.setImmediate,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
} as const;

/**
 * Runs `flush` once all code that is ready to run now, promise reactions included, has run; I/O and timers come later.
 *
 * Everything that is collected until then belongs to one turn and crosses to the engine in one call.
 */
export function atEndOfTurn(flush: () => void): void {
  originals.queueMicrotask(() => {
    originals.nextTick(flush);
  });
}

/** Resolves after everything that {@link atEndOfTurn} was asked to run up to now. */
export function endOfTurn(): Promise<void> {
  return new Promise((resolve) => {
    atEndOfTurn(resolve);
  });
}
