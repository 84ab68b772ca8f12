import { ensureBuild, ensurePackages } from './setup/build.mjs';
import { withCleanUp } from './setup/clean-up.mjs';
import { ensurePrerequisites } from './setup/prerequisites.mjs';
import { findOrStartRedis } from './setup/redis.mjs';
import { runAsProgram, say } from './setup/terminal.mjs';

await runAsProgram(() =>
  withCleanUp(async (cleanUp) => {
    await ensurePrerequisites({ forTests: false });
    // Before the build: a Redis that cannot be reached should not cost minutes to find out.
    const redis = await findOrStartRedis();
    cleanUp(redis.stop);
    say(`Redis: ${redis.origin}`);
    await ensurePackages();
    await ensureBuild();
    // Its imports are there only now: a fresh clone has no packages and no addon.
    const { runDemo } = await import('./quickstart/demo.mjs');
    await runDemo(redis.url, cleanUp);
  }),
);
