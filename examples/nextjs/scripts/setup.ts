import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { dirname, resolve } from 'node:path';

import '../lib/load-env';
import { settings } from '../lib/settings';

const ENV_FILE = '.env.local';
const GENERATED = 'lib/generated';
const SECRET_BYTES = 24;

/** `npm run setup`: keys and passwords, Prisma's client for the database of DATABASE_URL, its tables and a room. */
async function setUp(): Promise<void> {
  if (!existsSync(ENV_FILE)) writeKeys();
  const provider = /^postgres(ql)?:/.test(settings.databaseUrl) ? 'postgresql' : 'sqlite';
  generateClient(provider);
  if (provider === 'sqlite')
    mkdirSync(dirname(resolve(settings.databaseUrl.replace(/^file:/, ''))), { recursive: true });
  const { seed } = await import('./seed');
  await seed(readFileSync(`prisma/sql/${provider}.sql`, 'utf8'));
  console.log(`✅ Ready: ${provider}, settings in ${ENV_FILE}. Next: npm run dev, and npm run worker beside it.`);
}

function writeKeys(): void {
  const command = resolve('node_modules/@synapse/queue/dist/cli/index.js');
  const keys = execFileSync(process.execPath, [command, 'vapid'], { encoding: 'utf8' });
  const secret = () => randomBytes(SECRET_BYTES).toString('base64url');
  const lines = [
    '# Written by npm run setup. Keep it out of the repository.',
    keys.trim(),
    'VAPID_SUBJECT=mailto:you@example.com',
    `SESSION_SECRET=${secret()}`,
    '# The user of /admin/queues is admin.',
    `ADMIN_PASSWORD=${secret()}`,
  ];
  writeFileSync(ENV_FILE, `${lines.join('\n')}\n`);
}

/** Prisma fixes the kind of database when its client is made: this makes the one for DATABASE_URL. */
function generateClient(provider: string): void {
  mkdirSync(GENERATED, { recursive: true });
  const schema = readFileSync('prisma/schema.prisma', 'utf8').replace('"sqlite"', `"${provider}"`);
  writeFileSync(`${GENERATED}/schema.prisma`, schema);
  const prisma = resolve('node_modules/prisma/build/index.js');
  // Making a client needs no schema engine: naming a program here spares its download.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' };
  const args = [prisma, 'generate', `--schema=${GENERATED}/schema.prisma`, '--no-hints'];
  execFileSync(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
}

setUp().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
