import { linesOf, type RunEnd } from './job-runner';
import type { NativeSlotSource, NativeWorker } from './native';
import { atEndOfTurn, originals } from './timers';
import { forEachEvent, type WorkerEvent } from './worker-event';

/** Carries events and the ends of runs between the engine and JavaScript: per turn of the event loop at most two calls each way. */
export class WorkerTurns {
  /** Ends of this turn, on their way to the engine in one call. */
  private ends: string[] = [];
  /** The events of this turn are being handled; at its end all ends are reported. */
  private isComingBack = false;

  constructor(
    private readonly native: NativeWorker,
    private readonly handle: (event: WorkerEvent, lines: readonly string[], payload: number) => void,
  ) {}

  /** Starts the engine. From now on it tells when it has events. */
  start(slots: NativeSlotSource): void {
    this.native.start(Date.now(), slots, () => {
      this.takeEvents();
    });
  }

  /** Hands a run's end to the engine together with all others of this turn. */
  ended(end: RunEnd): void {
    if (this.ends.length === 0 && !this.isComingBack) {
      atEndOfTurn(() => {
        this.report();
      });
    }
    this.ends.push(linesOf(end));
  }

  /**
   * Comes back once what it started has run, until there are no more events: so the engine has the results of one part of the jobs while
   * the next part runs, and learns that the event loop turns. Every second time it comes back by way of the event loop, which must not
   * starve while jobs keep coming.
   */
  private takeEvents(isAgain = false): void {
    const batch = this.native.take();
    if (batch === '') {
      return;
    }
    this.isComingBack = true;
    atEndOfTurn(() => {
      this.isComingBack = false;
      this.report();
      if (isAgain) {
        originals.setImmediate(() => {
          this.takeEvents();
        });
      } else {
        this.takeEvents(true);
      }
    });
    forEachEvent(batch, this.handle);
  }

  private report(): void {
    const { ends } = this;
    if (ends.length > 0) {
      this.ends = [];
      this.native.settle(ends.join('\n'), Date.now());
    }
  }
}
