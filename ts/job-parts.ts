import { stringifyValue } from './job-data';
import { JobProcessing } from './job-processing';
import { answer } from './native-answer';
import type { JobProgress } from './types';

/** Options of {@link Job.each}. */
export interface EachOptions {
  /** Items under way at once, at least 1. Default 1. */
  concurrency?: number | undefined;
}

/** Parts of a job that are done once over all of its attempts. */
export abstract class JobParts<Data, Result, Name extends string, Progress extends JobProgress> extends JobProcessing<
  Data,
  Result,
  Name,
  Progress
> {
  /** What earlier attempts have recorded, by kind and key; read once. */
  private finished: Promise<Map<string, unknown>> | undefined;

  /**
   * Runs `fn` unless an earlier attempt of this job has finished it: then its result is that of back then.
   *
   * The result, which must be JSON, is recorded with the job once `fn` has returned; keep it small. A crash between the two makes
   * `fn` run again, so this turns many repetitions into at most one.
   *
   * ```ts
   * const invoice = await job.once('charge', () => payments.charge(job.data));
   * await job.once('mail', () => mailer.send(invoice));
   * ```
   *
   * @throws what `fn` throws; `JobMissingError` if the job was removed meanwhile.
   */
  async once<T>(key: string, fn: () => T | Promise<T>): Promise<T> {
    return this.part('once', key, fn);
  }

  /**
   * Runs `fn` for each item that no earlier attempt of this job has finished; results are in the order of the items.
   *
   * `keyOf` names an item: unique among the items, and the same in every attempt. When `fn` throws, no further item is begun, those
   * under way are waited for and recorded, and the first error is thrown.
   *
   * ```ts
   * await job.each(job.data.users, (user) => user.id, (user) => sms.send(user.phone), { concurrency: 10 });
   * ```
   *
   * @throws what `fn` throws; `TypeError` for two items with the same key.
   */
  async each<Item, T>(
    items: readonly Item[],
    keyOf: (item: Item, index: number) => string,
    fn: (item: Item, index: number) => T | Promise<T>,
    { concurrency = 1 }: EachOptions = {},
  ): Promise<T[]> {
    const keys = items.map(keyOf);
    const seen = new Set<string>();
    for (const key of keys) {
      if (seen.has(key)) throw new TypeError(`two items have the key \`${key}\``);
      seen.add(key);
    }
    const results: T[] = [];
    const errors: unknown[] = [];
    const waiting = items.entries();
    const work = async () => {
      for (const [index, item] of waiting) {
        try {
          results[index] = await this.part('each', keys[index] as string, () => fn(item, index));
        } catch (error) {
          errors.push(error);
        }
        if (errors.length > 0) return;
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, concurrency) }, work));
    if (errors.length > 0) {
      throw errors[0];
    }
    return results;
  }

  private async part<T>(kind: string, key: string, fn: () => T | Promise<T>): Promise<T> {
    this.finished ??= this.readParts();
    const finished = await this.finished;
    const name = JSON.stringify([kind, key]);
    if (finished.has(name)) {
      return finished.get(name) as T;
    }
    const result = await fn();
    // Undefined is what a function without a result returns; it comes back as such.
    const text = result === undefined ? '' : stringifyValue(result);
    await answer(this.queue.native.recordParts(this.knownId(), [`${name}${text}`]));
    finished.set(name, result);
    return result;
  }

  /** Recorded are a JSON array of kind and key, and behind it the result's JSON or nothing. */
  private async readParts(): Promise<Map<string, unknown>> {
    const parts = await answer(this.queue.native.finishedParts(this.knownId()));
    const own = parts.flatMap((part): [string, unknown][] => {
      const [, name, text] = /^(\["(?:once|each)","(?:[^"\\]|\\.)*"\])(.*)$/s.exec(part) ?? [];
      return name === undefined ? [] : [[name, text ? JSON.parse(text) : undefined]];
    });
    return new Map(own);
  }
}
