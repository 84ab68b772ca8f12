import { NativeStores } from './native';
import { answer, calling } from './native-answer';
import { DEFAULT_DATABASE_URL, exposed, type AllStores } from './stores';

/** Names of the application's own tables and columns, where they differ from those that Prisma gives the models. */
export interface TableNames {
  /** Default: `PushSubscription` with `id`, `userId`, `endpoint`, `p256dh` and `auth`. */
  subscriptions?: { table?: string; id?: string; userId?: string; endpoint?: string; p256dh?: string; auth?: string };
  /** Default: `File` with `id`, `compressedUrl`, `thumbnailUrl` and `processed`. */
  files?: { table?: string; id?: string; compressedUrl?: string; thumbnailUrl?: string; processed?: string };
  /** Default: `User` with `id` and `avatar`. */
  users?: { table?: string; id?: string; avatar?: string };
}

/** Options of {@link databaseStores}. */
export interface DatabaseStoresOptions {
  /**
   * `postgresql://…`, `mysql://…`, `sqlite:<path>` or Prisma's `file:<path>`, with Prisma's `schema`, `connection_limit` and `pgbouncer`.
   * Default: `DATABASE_URL`, else `sqlite:./synapse.db`.
   */
  url?: string | undefined;
  /** Default: as Prisma names them. */
  tables?: TableNames | undefined;
}

/** Stores in the application's database. */
export interface DatabaseStores extends AllStores {
  /** Closes the connections. Processors that still use them fail their jobs. */
  close(): Promise<void>;
}

/**
 * Opens the application's database for the processors, which then use it from Rust: no row passes through JavaScript.
 *
 * Names are quoted and values always bound. Nothing is created; the rows are the application's.
 *
 * @throws `EngineError` with `code` `UNSUPPORTED_DATABASE`, `INVALID_DATABASE_URL`, `INVALID_TABLE_NAME` or `DATABASE_ERROR`.
 */
export async function databaseStores(options: DatabaseStoresOptions = {}): Promise<DatabaseStores> {
  const { url = process.env['DATABASE_URL'] ?? DEFAULT_DATABASE_URL, tables = {} } = options;
  const native = calling(() => NativeStores.database(url, JSON.stringify(tables)));
  await answer(native.open());
  return exposed(native);
}
