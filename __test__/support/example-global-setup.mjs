import { run } from '../../scripts/setup/terminal.mjs';
import startRedis from './global-setup.mjs';

/** Builds the example before any test of it, beside the Redis of every run. */
export default async function globalSetup() {
  await startRedis();
  await run(process.execPath, ['scripts/example/build.mjs'], { purpose: 'build the example' });
}
