import { processEnvironment } from './environment/environment';
import { readDatabaseUrl } from './environment/processor-settings';
import { NativeStores } from './native';
import { answer, calling } from './native-answer';
import { exposed, type AllStores } from './stores';

/** Names of the application's own tables and columns, where they differ from those that Prisma gives the models. */
export interface TableNames {
  /** Push subscriptions. */
  subscriptions?: SubscriptionTable;
  /** Uploaded files. */
  files?: FileTable;
  /** Users. */
  users?: UserTable;
}

/** Names of the table of push subscriptions; each column defaults to the name of its property. */
export interface SubscriptionTable {
  /** Default `PushSubscription`. */
  table?: string;
  /** Column of the primary key. */
  id?: string;
  /** Column of the user's id. */
  userId?: string;
  /** Column of the push service's URL. */
  endpoint?: string;
  /** Column of the browser's public key. */
  p256dh?: string;
  /** Column of the browser's authentication secret. */
  auth?: string;
}

/** Names of the table of uploaded files; each column defaults to the name of its property. */
export interface FileTable {
  /** Default `File`. */
  table?: string;
  /** Column of the primary key. */
  id?: string;
  /** Column of the compressed rendition's URL. */
  compressedUrl?: string;
  /** Column of the thumbnail's URL. */
  thumbnailUrl?: string;
  /** Column that says whether processing is done. */
  processed?: string;
}

/** Names of the table of users; each column defaults to the name of its property. */
export interface UserTable {
  /** Default `User`. */
  table?: string;
  /** Column of the primary key. */
  id?: string;
  /** Column of the picture's URL. */
  avatar?: string;
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
  const { url = readDatabaseUrl(processEnvironment()), tables = {} } = options;
  const native = calling(() => NativeStores.database(url, JSON.stringify(tables)));
  await answer(native.open());
  return exposed(native);
}
