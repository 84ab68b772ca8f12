import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';

// Next.js leaves the files that a CDN may serve out of .next/standalone; without a CDN they belong there.
const build = spawnSync(process.execPath, ['node_modules/next/dist/bin/next', 'build'], {
  stdio: 'inherit',
  env: { ...process.env, BUILD_STANDALONE: '1' },
});
if (build.status !== 0) process.exit(build.status ?? 1);
cpSync('public', '.next/standalone/public', { recursive: true });
cpSync('.next/static', '.next/standalone/.next/static', { recursive: true });
