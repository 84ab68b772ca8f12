/**
 * Values by key, for what comes and goes all the time.
 *
 * Not a `Map`: V8 gives a map whose entries change a new table again and again and links each table to the next. Once one of the former
 * tables has been promoted to the old generation, it keeps all later ones, and whatever they ever held, until the next full
 * collection: scavenges then copy thousands of jobs that ended long ago.
 */
export class ChangingMap<V> {
  private readonly byKey = Object.create(null) as Record<string | number, V>;
  private count = 0;

  /** How many values there are. */
  get size(): number {
    return this.count;
  }

  get(key: string | number): V | undefined {
    return this.byKey[key];
  }

  has(key: string | number): boolean {
    return key in this.byKey;
  }

  set(key: string | number, value: V): void {
    this.count += this.has(key) ? 0 : 1;
    this.byKey[key] = value;
  }

  /** Takes the value out. */
  take(key: string | number): V | undefined {
    const value = this.byKey[key];
    this.delete(key);
    return value;
  }

  delete(key: string | number): void {
    if (this.has(key)) {
      Reflect.deleteProperty(this.byKey, key);
      this.count -= 1;
    }
  }

  values(): V[] {
    return Object.values(this.byKey);
  }

  /** With the keys as text. */
  entries(): [key: string, value: V][] {
    return Object.entries(this.byKey);
  }
}
