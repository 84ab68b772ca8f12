import { NativeQueue } from '../native';
import { calling } from '../native-answer';
import type { KeysMap } from '../queue-base';

/** Names of keys in Redis. */
export class QueueKeys {
  constructor(
    /** First part of all keys. */
    readonly prefix = 'bull',
  ) {}

  /** Names of a queue's keys; `''` is what they all begin with. */
  getKeys(name: string): KeysMap {
    return JSON.parse(this.queue(name).keys) as KeysMap;
  }

  /** The full key of one of the queue's suffixes, or of a job by its id. */
  toKey(name: string, type: string): string {
    return `${this.getKeys(name)[''] ?? ''}${type}`;
  }

  /** `<prefix>:<queue name>` */
  getQueueQualifiedName(name: string): string {
    return this.queue(name).qualifiedName;
  }

  /** Opens nothing: only asked for names. */
  private queue(name: string): NativeQueue {
    return calling(() => new NativeQueue(JSON.stringify({ name, prefix: this.prefix, connection: {} })));
  }
}
