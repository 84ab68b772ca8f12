/** How long a line that repeats itself stays quiet, ms. */
const QUIET_MS = 30_000;

/** Keeps lines that are written about the same trouble, again and again, to one in a while. */
export class RepeatedLines {
  private readonly writtenAt = new Map<string, number>();

  /** Whether the line has not been written for a while. */
  isNews(line: string): boolean {
    const now = Date.now();
    for (const [written, at] of this.writtenAt) {
      if (now - at >= QUIET_MS) {
        this.writtenAt.delete(written);
      }
    }
    const isNews = !this.writtenAt.has(line);
    if (isNews) {
      this.writtenAt.set(line, now);
    }
    return isNews;
  }
}
