/** Where this application keeps things, the same for Next.js and the worker; each part is one variable. */
export const settings = {
  /** SQLite or PostgreSQL. */
  get databaseUrl(): string {
    return process.env.DATABASE_URL ?? 'file:./data/app.db';
  },
  get redisUrl(): string {
    return process.env.REDIS_URL ?? 'redis://127.0.0.1:6379';
  },
  /** First part of all keys in Redis. */
  get queuePrefix(): string {
    return process.env.QUEUE_PREFIX ?? 'bull';
  },
  /** Uploads and what the worker makes of them; served by app/files. */
  get storageFolder(): string {
    return process.env.STORAGE_FOLDER ?? './data/storage';
  },
};

/** What stands before a stored file's path in its URL. */
export const FILES_URL = '/files';
