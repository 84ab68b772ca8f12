/** One question to a cron library. */
export interface CronTriple {
  pattern: string;
  /** Ms since the Unix epoch. */
  from: number;
  zone: string;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const ALIASES = [
  '@yearly',
  '@monthly',
  '@weekly',
  '@daily',
  '@hourly',
  '@minutely',
  '@secondly',
  '@weekdays',
  '@weekends',
];
/** Lord Howe Island is left out: `cron-parser` finds no way through its changes of half an hour. */
const ZONES = [
  ...['UTC', 'Europe/Athens', 'Europe/London', 'America/New_York', 'America/Los_Angeles', 'America/Sao_Paulo'],
  ...['America/St_Johns', 'Asia/Kolkata', 'Asia/Tokyo', 'Pacific/Chatham', 'Pacific/Apia', 'Asia/Tehran'],
];
/** Moments close to a change of offset in one of the zones. */
const CHANGES = [
  ...[Date.UTC(2026, 2, 29, 1), Date.UTC(2026, 9, 25, 1), Date.UTC(2026, 2, 8, 7), Date.UTC(2026, 10, 1, 6)],
  ...[Date.UTC(2026, 3, 4, 14), Date.UTC(2026, 8, 26, 14)],
];
const DAY_S = 86_400;

/** Random questions, the same for the same seed. */
export class CronTriples {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  next(): CronTriple {
    const from = this.#chance(0.5) ? Date.UTC(2020, 0, 1) + this.#int(0, 20 * 365 * DAY_S) * 1000 : this.#nearChange();
    return { pattern: this.#pattern(), from: from + this.#int(0, 999), zone: this.#pick(ZONES) };
  }

  #nearChange(): number {
    return this.#pick(CHANGES) + this.#int(-2 * DAY_S, 2 * DAY_S) * 1000;
  }

  #pattern(): string {
    if (this.#chance(0.03)) return this.#pick(ALIASES);
    const seconds = this.#chance(0.4) ? [this.#field(0, 59)] : [];
    const hours = this.#chance(0.4) ? this.#pick(['0', '1', '2', '3', '2,3', '1-3', '*/2', '*']) : this.#field(0, 23);
    return [...seconds, this.#field(0, 59), hours, this.#day(), this.#month(), this.#weekday()].join(' ');
  }

  #field(min: number, max: number): string {
    const [a, b, c] = [this.#int(min, max), this.#int(min, max), this.#int(min, max)];
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    const list = [...new Set([a, b, c])].join(',');
    return this.#pick([
      '*',
      '*',
      `${a}`,
      `${a}`,
      `*/${this.#int(1, 20)}`,
      `${low}-${high}`,
      `${low}-${high}/${this.#int(1, 5)}`,
      list,
    ]);
  }

  #day(): string {
    return this.#pick(['*', '*', '*', '?', 'L', this.#field(1, 31)]);
  }

  #month(): string {
    return this.#pick(['*', '*', this.#pick(MONTHS), 'jan-jun', this.#field(1, 12)]);
  }

  #weekday(): string {
    const day = this.#int(0, 6);
    return this.#pick([
      '*',
      '*',
      '*',
      '?',
      this.#pick(WEEKDAYS),
      'MON-FRI',
      `${day}#${this.#int(1, 5)}`,
      `${day}L`,
      this.#field(0, 6),
    ]);
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#int(0, items.length - 1)] as T;
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #int(min: number, max: number): number {
    return min + Math.floor(this.#random() * (max - min + 1));
  }

  /** mulberry32 */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
}
