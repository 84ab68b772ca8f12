const START_MS = Date.UTC(2030, 0, 1);

/**
 * `Date` under the test's control, so that both sides write the very same timestamps.
 *
 * Timers stay real: neither library may need a moving `Date` to go on.
 */
export class FrozenDate {
  #now = START_MS;

  static install(): void {
    jest.useFakeTimers({
      now: START_MS,
      doNotFake: [
        ...(['hrtime', 'performance', 'nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
        ...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
      ],
    });
  }

  static uninstall(): void {
    jest.useRealTimers();
  }

  get now(): number {
    return this.#now;
  }

  /** Moves this clock and makes it the one that `Date` shows. */
  advance(ms: number): void {
    this.#now += ms;
    jest.setSystemTime(this.#now);
  }
}
