import { SingleBar } from 'cli-progress';

/** How often long work is asked how far it is, ms. */
const POLL_MS = 250;

/** Shows how far some work is on a terminal's standard error; elsewhere it shows nothing. */
export class Progress {
  private readonly bar = new SingleBar({
    format: '{what} {bar} {value}/{total} {eta_formatted}',
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    noTTYOutput: false,
  });

  constructor(what: string, total: number) {
    this.bar.start(total, 0, { what });
  }

  /** So much is done. */
  reached(done: number): void {
    this.bar.update(done);
  }

  /** Takes the bar away. */
  end(): void {
    this.bar.stop();
  }
}

/** Runs `work` and shows meanwhile how far it is, as `left` tells. */
export async function followed<Result>(
  progress: { what: string; total: number; left: () => Promise<number> },
  work: Promise<Result>,
): Promise<Result> {
  const { what, total, left } = progress;
  if (!process.stderr.isTTY) {
    return work;
  }
  const bar = new Progress(what, total);
  const poll = setInterval(() => {
    left().then(
      (count) => {
        bar.reached(Math.max(0, total - count));
      },
      // The work itself tells what is wrong.
      () => undefined,
    );
  }, POLL_MS);
  try {
    return await work;
  } finally {
    clearInterval(poll);
    bar.end();
  }
}
