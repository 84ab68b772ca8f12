import { PrismaLibSql } from '@prisma/adapter-libsql';
import { PrismaPg } from '@prisma/adapter-pg';

import { PrismaClient } from './generated/prisma/client';
import { settings } from './settings';

/** How long a write to SQLite waits for the other process's. */
const BUSY_TIMEOUT_MS = 5000;

/** `next dev` evaluates this module anew after every change: the client is kept where that does not reach. */
const kept = globalThis as { exampleDatabase?: PrismaClient };

/** The process's client of the database that DATABASE_URL names. */
export function database(): PrismaClient {
  return (kept.exampleDatabase ??= open(settings.databaseUrl));
}

function open(url: string): PrismaClient {
  const isPostgres = /^postgres(ql)?:/.test(url);
  return new PrismaClient({
    adapter: isPostgres ? new PrismaPg({ connectionString: url }) : new PrismaLibSql({ url, timeout: BUSY_TIMEOUT_MS }),
  });
}
