import { databaseStores, prismaStores, type AllStores } from '..';
import { PrismaDatabase } from './support/prisma-database';

/** Ends a string or an identifier in every dialect, and begins a statement. */
const INJECTION = 'x\'); DROP TABLE "PushSubscription"; -- "]`\\';

/** What any kind of stores must do, on rows that the application's own client wrote. */
describe.each(['a generated Prisma client', 'SQL'])('stores by %s', (kind) => {
  let database: PrismaDatabase;
  let stores: AllStores;
  let close: () => Promise<void>;

  beforeAll(async () => {
    database = await PrismaDatabase.create();
    if (kind === 'SQL') {
      const opened = await databaseStores({ url: database.url });
      stores = opened;
      close = () => opened.close();
    } else {
      stores = prismaStores(database.client);
      close = () => Promise.resolve();
    }
  }, 60_000);
  beforeEach(() => database.clear());
  afterAll(async () => {
    await close();
    await database.remove();
  });

  const subscription = (id: string, userId: string) => ({
    ...{ id, userId, endpoint: `https://push.example/${id}`, p256dh: 'key', auth: 'secret' },
  });

  /** Rows as a pair of id and user each. */
  async function subscribed(...rows: [id: string, userId: string][]): Promise<void> {
    for (const row of rows) await database.client.pushSubscription.create({ data: subscription(...row) });
  }

  /** Ids, sorted: stores may answer in any order. */
  async function found(...userIds: string[]): Promise<string[]> {
    return (await stores.subscriptions.findByUser(userIds)).map(({ id }) => id).sort();
  }

  test('subscriptions are found by user', async () => {
    await subscribed(['b', 'ann'], ['a', 'ann'], ['c', 'bob'], ['d', 'eve']);
    expect(await found('ann', 'bob', 'nobody')).toEqual(['a', 'b', 'c']);
    expect((await stores.subscriptions.findByUser(['bob']))[0]).toEqual(subscription('c', 'bob'));
    expect(await found()).toEqual([]);
  });

  test('ids are compared exactly', async () => {
    await subscribed(['1', 'ann'], ['2', 'Ann'], ['3', '7']);
    expect(await found('Ann')).toEqual(['2']);
    expect(await found('7x', '07', 'ANN', 'ann\0', '')).toEqual([]);
  });

  test('many users are found at once', async () => {
    await subscribed(['last', 'u1999'], ['first', 'u0'], ['middle', 'u1000']);
    const users = Array.from({ length: 2000 }, (_, index) => `u${index}`);
    expect(await found(...users)).toEqual(['first', 'last', 'middle']);
  });

  test('removing tolerates rows that are gone', async () => {
    await subscribed(['a', 'ann'], ['b', 'ann'], ['c', 'ann']);
    await stores.subscriptions.remove(['a', 'c', 'gone', 'gone\0']);
    await stores.subscriptions.remove([]);
    expect(await found('ann')).toEqual(['b']);
  });

  test('values are never read as SQL', async () => {
    await subscribed(['victim', 'ann'], [INJECTION, INJECTION]);
    await database.client.file.create({ data: { id: INJECTION } });
    await database.client.user.create({ data: { id: INJECTION } });

    expect(await found(INJECTION)).toEqual([INJECTION]);
    await stores.files.update(INJECTION, { compressedUrl: INJECTION, thumbnailUrl: INJECTION, processed: true });
    await stores.users.update(INJECTION, { avatar: INJECTION });
    await stores.subscriptions.remove([INJECTION]);

    const where = { id: INJECTION };
    expect(await database.client.file.findUniqueOrThrow({ where })).toMatchObject({ compressedUrl: INJECTION });
    expect(await database.client.user.findUniqueOrThrow({ where })).toMatchObject({ avatar: INJECTION });
    expect(await found('ann', INJECTION)).toEqual(['victim']);
  });

  test('updates change the named row only, and the same one twice', async () => {
    for (const id of ['f1', 'f2']) await database.client.file.create({ data: { id } });
    for (const id of ['u1', 'u2']) await database.client.user.create({ data: { id } });
    const fields = { compressedUrl: '/c.jpg', thumbnailUrl: '/t.jpg', processed: true };

    await stores.files.update('f1', fields);
    await stores.files.update('f1', fields);
    await stores.users.update('u1', { avatar: '/a.webp' });

    const file = (id: string) => database.client.file.findUniqueOrThrow({ where: { id } });
    const user = (id: string) => database.client.user.findUniqueOrThrow({ where: { id } });
    expect(await file('f1')).toEqual({ id: 'f1', ...fields });
    expect(await file('f2')).toMatchObject({ compressedUrl: null, processed: false });
    expect(await user('u1')).toEqual({ id: 'u1', avatar: '/a.webp' });
    expect(await user('u2')).toEqual({ id: 'u2', avatar: null });
  });

  test('a row that is not there is an error', async () => {
    const fields = { compressedUrl: '/c.jpg', thumbnailUrl: '/t.jpg', processed: true };
    const missing = /no row with id `\w+` in table|No record was found for an update/;
    await expect(stores.files.update('f9', fields)).rejects.toThrow(missing);
    await expect(stores.users.update('u9', { avatar: '/a' })).rejects.toThrow(missing);
  });
});
