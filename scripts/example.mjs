import { join } from 'node:path';

import { EXAMPLE, prepareExample } from './example/prepare.mjs';
import { OwnedProcess } from './servers/owned-process.cjs';
import { ensureBuild, ensurePackages } from './setup/build.mjs';
import { withCleanUp } from './setup/clean-up.mjs';
import { ensurePrerequisites } from './setup/prerequisites.mjs';
import { findOrStartRedis } from './setup/redis.mjs';
import { runAsProgram, say } from './setup/terminal.mjs';

// `npm run example`: everything that the example in examples/nextjs needs, then the application and its worker.
await runAsProgram(() =>
  withCleanUp(async (cleanUp) => {
    await ensurePrerequisites({ forTests: false });
    const redis = await findOrStartRedis();
    cleanUp(redis.stop);
    say(`Redis: ${redis.origin}`);
    await ensurePackages();
    await ensureBuild();
    const env = { REDIS_URL: redis.url };
    await prepareExample(env);
    // Without npm in between, which would end and leave them running.
    const start = (...args) => {
      const child = new OwnedProcess(process.execPath, args, { cwd: EXAMPLE, env, output: 'inherit' });
      cleanUp(() => child.stop());
      return child.exit;
    };
    say(`The password of admin at /admin/queues is ADMIN_PASSWORD in ${join(EXAMPLE, '.env.local')}; Ctrl-C ends all`);
    await Promise.race([start('--import', 'tsx', 'worker.ts'), start('node_modules/next/dist/bin/next', 'dev')]);
  }),
);
