import { execFileSync } from 'node:child_process';
import { copyFile, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { PrismaLibSql } from '@prisma/adapter-libsql';

import type { PrismaClientLike, PushSubscription } from '../..';
import { temporaryFolder } from './folder';

const ROOT = join(__dirname, '..', '..');
const FIXTURES = join(ROOT, '__test__', 'fixtures', 'prisma');

/** What a row of `File` says. */
interface FileRow {
  id: string;
  compressedUrl: string | null;
  thumbnailUrl: string | null;
  processed: boolean;
}

/** What tests call of the client that Prisma generates; TypeScript cannot know it before it is generated. */
export interface PrismaClient extends PrismaClientLike {
  pushSubscription: PrismaClientLike['pushSubscription'] & {
    create(args: { data: PushSubscription }): Promise<PushSubscription>;
    deleteMany(args?: object): Promise<unknown>;
    findMany(args?: object): Promise<PushSubscription[]>;
  };
  file: PrismaClientLike['file'] & {
    create(args: { data: { id: string } }): Promise<FileRow>;
    deleteMany(args?: object): Promise<unknown>;
    findUniqueOrThrow(args: { where: { id: string } }): Promise<FileRow>;
  };
  user: PrismaClientLike['user'] & {
    create(args: { data: { id: string } }): Promise<unknown>;
    deleteMany(args?: object): Promise<unknown>;
    findUniqueOrThrow(args: { where: { id: string } }): Promise<{ id: string; avatar: string | null }>;
  };
  $executeRawUnsafe(statement: string): Promise<number>;
  $disconnect(): Promise<void>;
}

/** An application's SQLite database with the client that `prisma generate` makes of its schema. */
export class PrismaDatabase {
  private constructor(
    readonly client: PrismaClient,
    /** Where the client was generated: `require` it for a client of one's own. */
    readonly clientPath: string,
    /** As DATABASE_URL holds it. */
    readonly url: string,
    private readonly removeFolder: () => Promise<void>,
  ) {}

  /** Generates the client and makes the tables. */
  static async create(): Promise<PrismaDatabase> {
    const { path, remove } = await temporaryFolder();
    await symlink(join(ROOT, 'node_modules'), join(path, 'node_modules'));
    await copyFile(join(FIXTURES, 'schema.prisma'), join(path, 'schema.prisma'));
    generate(join(path, 'schema.prisma'));
    const clientPath = join(path, 'client');
    const { PrismaClient: Client } = (await import(clientPath)) as {
      PrismaClient: new (options: { adapter: PrismaLibSql }) => PrismaClient;
    };
    const url = `file:${join(path, 'application.db')}`;
    const client = new Client({ adapter: new PrismaLibSql({ url }) });
    const tables = await readFile(join(FIXTURES, 'tables.sql'), 'utf8');
    for (const statement of tables.trim().split('\n')) await client.$executeRawUnsafe(statement);
    return new PrismaDatabase(client, clientPath, url, remove);
  }

  /** Empties the tables. */
  async clear(): Promise<void> {
    const { pushSubscription, file, user } = this.client;
    await Promise.all([pushSubscription.deleteMany(), file.deleteMany(), user.deleteMany()]);
  }

  async remove(): Promise<void> {
    await this.client.$disconnect();
    await this.removeFolder();
  }
}

/** Making a client needs no schema engine: naming a program that is there spares its download. */
function generate(schema: string): void {
  const prisma = join(ROOT, 'node_modules', 'prisma', 'build', 'index.js');
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' };
  execFileSync(process.execPath, [prisma, 'generate', `--schema=${schema}`, '--no-hints'], { env, stdio: 'pipe' });
}
