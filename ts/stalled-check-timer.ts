import { answer } from './native-answer';
import type { QueueLike } from './queue-like';
import { originals } from './timers';

/** Looks for stalled jobs at once and then every interval, until it is stopped. Does not keep the process alive. */
export class StalledCheckTimer {
  private timer: NodeJS.Timeout | undefined;
  private state: 'new' | 'started' | 'stopped' = 'new';

  constructor(
    /** Emits what was found. */
    private readonly owner: QueueLike,
    /** Ms. */
    private readonly interval: number,
  ) {}

  /** Resolves after the first look; a second start does nothing. */
  async start(): Promise<void> {
    if (this.state === 'new') {
      this.state = 'started';
      await this.round();
    }
  }

  /** No further look begins. */
  stop(): void {
    this.state = 'stopped';
    originals.clearTimeout(this.timer);
  }

  private async round(): Promise<void> {
    try {
      for (const jobId of await answer(this.owner.native.checkStalled(Date.now()))) {
        this.owner.emit('stalled', jobId, 'active');
      }
    } catch (error) {
      if (!this.owner.closeSignal.aborted) {
        this.owner.emit('error', error);
      }
    }
    if (this.isStarted()) {
      this.timer = originals.setTimeout(() => void this.round(), this.interval).unref();
    }
  }

  private isStarted(): boolean {
    return this.state === 'started';
  }
}
