import { processEnvironment } from './environment/environment';
import { DEFAULT_DATABASE_URL, readDatabaseUrl } from './environment/processor-settings';
import { NativeStores } from './native';
import { answer, calling } from './native-answer';

/** One browser that wants push messages for a user. */
export interface PushSubscription {
  /** Primary key of the row. */
  id: string;
  /** Whom it belongs to. */
  userId: string;
  /** URL of the push service. Whoever knows it can push: never log it. */
  endpoint: string;
  /** The browser's public key, base64url. */
  p256dh: string;
  /** The browser's authentication secret, base64url. */
  auth: string;
}

/** Where push subscriptions are kept. A method that throws fails the attempt, which is then retried. */
export interface SubscriptionStore {
  /** Every subscription of every one of these users, in any order; users without any are simply absent. */
  findByUser(userIds: string[]): Promise<readonly PushSubscription[]>;
  /** Removes subscriptions; ids that are gone already are fine. */
  remove(ids: string[]): Promise<unknown>;
}

/** Where uploaded files are registered. */
export interface FileStore {
  /** Changes the row of one file; throws if there is none. */
  update(fileId: string, fields: FileFields): Promise<unknown>;
}

/** What became of an uploaded file. */
export interface FileFields {
  /** Public URL of the compressed rendition. */
  compressedUrl: string;
  /** Public URL of the thumbnail. */
  thumbnailUrl: string;
  /** Whether processing is done. */
  processed: boolean;
}

/** Where users are registered. */
export interface UserStore {
  /** Changes the row of one user; throws if there is none. */
  update(userId: string, fields: { avatar: string }): Promise<unknown>;
}

/** The rows that processors read and change; only those that the processor needs. */
export interface Stores {
  /** For push notifications. */
  subscriptions?: SubscriptionStore | undefined;
  /** For images and videos. */
  files?: FileStore | undefined;
  /** For avatars. */
  users?: UserStore | undefined;
}

/** Everything that processors may need. */
export interface AllStores extends Stores {
  /** For push notifications. */
  subscriptions: SubscriptionStore;
  /** For images and videos. */
  files: FileStore;
  /** For avatars. */
  users: UserStore;
}

/** Stores in the embedded database. */
export interface SqliteStores extends Stores {
  /** For push notifications. */
  subscriptions: SubscriptionStore & {
    /** Adds a subscription, or replaces the one with its id or endpoint. */
    save(subscription: PushSubscription): Promise<void>;
  };
  /** For images and videos. */
  files: FileStore & {
    /** Registers an upload; nothing happens if it is registered already. */
    save(fileId: string): Promise<void>;
  };
  /** For avatars. */
  users: UserStore & {
    /** Registers a user; nothing happens if the user is registered already. */
    save(userId: string): Promise<void>;
  };
  /** Closes the database. Processors that still use it fail their jobs. */
  close(): Promise<void>;
}

/** Native handles of embedded databases, so that processors use them without JavaScript. */
const natives = new WeakMap<object, NativeStores>();

/**
 * Opens the embedded database, making the file and its tables if they are missing.
 *
 * `url`: `sqlite:./synapse.db`, or `file:./synapse.db` as Prisma writes it.
 *
 * @throws `EngineError` with `code` `UNSUPPORTED_DATABASE`, `INVALID_DATABASE_URL` or `DATABASE_ERROR`.
 */
export async function sqliteStores(url: string = DEFAULT_DATABASE_URL): Promise<SqliteStores> {
  const native = calling(() => NativeStores.database(url));
  await answer(native.open());
  return exposed(native);
}

/** The models of Prisma's client that {@link prismaStores} uses. */
export interface PrismaClientLike {
  /** Of `PushSubscription`. */
  pushSubscription: {
    /** Reads the subscriptions of users. */
    findMany(args: { where: { userId: { in: string[] } } }): Promise<PushSubscription[]>;
    /** Removes subscriptions. */
    deleteMany(args: { where: { id: { in: string[] } } }): Promise<unknown>;
  };
  /** Of `File`. */
  file: {
    /** Changes the row of one file. */
    update(args: { where: { id: string }; data: FileFields }): Promise<unknown>;
  };
  /** Of `User`. */
  user: {
    /** Changes the row of one user. */
    update(args: { where: { id: string }; data: { avatar: string } }): Promise<unknown>;
  };
}

/** Stores in the application's own database, through its Prisma client with the models `PushSubscription`, `File` and `User`. */
export function prismaStores(prisma: PrismaClientLike): AllStores {
  return {
    subscriptions: {
      findByUser: (userIds) => prisma.pushSubscription.findMany({ where: { userId: { in: userIds } } }),
      remove: (ids) => prisma.pushSubscription.deleteMany({ where: { id: { in: ids } } }),
    },
    files: { update: (id, data) => prisma.file.update({ where: { id }, data }) },
    users: { update: (id, data) => prisma.user.update({ where: { id }, data }) },
  };
}

/** @internal The native form of stores; without any, the database of `DATABASE_URL`, else the embedded default. */
export function toNativeStores(stores: Stores | undefined): NativeStores {
  if (stores === undefined) {
    return calling(() => NativeStores.database(readDatabaseUrl(processEnvironment())));
  }
  return natives.get(stores) ?? NativeStores.callbacks(async (action, args) => callStore(stores, action, args));
}

/** @internal The stores of an open database; processors that are given them use the database without JavaScript. */
export function exposed(native: NativeStores): SqliteStores {
  const stores: SqliteStores = {
    subscriptions: {
      findByUser: (userIds) => answer(native.findSubscriptions(userIds)),
      remove: (ids) => answer(native.removeSubscriptions(ids)),
      save: async (subscription) => {
        await answer(native.saveSubscription(subscription));
      },
    },
    files: {
      update: (fileId, fields) => answer(native.updateFile(fileId, fields.compressedUrl, fields.thumbnailUrl)),
      save: async (fileId) => {
        await answer(native.saveFile(fileId));
      },
    },
    users: {
      update: (userId, { avatar }) => answer(native.updateUser(userId, avatar)),
      save: async (userId) => {
        await answer(native.saveUser(userId));
      },
    },
    close: () => native.close(),
  };
  natives.set(stores, native);
  return stores;
}

/** Calls a method of the user's stores for the engine; never rejects. */
async function callStore(stores: Stores, action: string, args: string): Promise<string> {
  try {
    const value = await methodOf(stores, action)(...(JSON.parse(args) as never[]));
    return JSON.stringify({ value: value ?? null });
  } catch (error) {
    return JSON.stringify({ error: error instanceof Error ? error.message : String(error) });
  }
}

function methodOf(stores: Stores, action: string): (...args: never[]) => Promise<unknown> {
  const { subscriptions, files, users } = stores;
  const methods: Record<string, ((...args: never[]) => Promise<unknown>) | undefined> = {
    'subscriptions.findByUser': subscriptions?.findByUser.bind(subscriptions),
    'subscriptions.remove': subscriptions?.remove.bind(subscriptions),
    'files.update': files?.update.bind(files),
    'users.update': users?.update.bind(users),
  };
  const method = methods[action];
  if (!method) {
    throw new TypeError(`no \`${action}\` was given to the processor`);
  }
  return method;
}
