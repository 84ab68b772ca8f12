/** Longest time for sockets to go that were told to close, ms. */
const DEADLINE_MS = 10_000;

function count(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
}

/** The sockets that JavaScript opens from one moment on. */
export class OpenSockets {
  readonly #before = count();

  /** Waits until there are no more than at that moment; fails if one stays. */
  async untilGone(): Promise<void> {
    const deadline = performance.now() + DEADLINE_MS;
    while (count() > this.#before) {
      if (performance.now() > deadline) throw new Error(`${count() - this.#before} connections were left open`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}
