import { ensureBuild, ensurePackages } from './setup/build.mjs';
import { ensurePrerequisites } from './setup/prerequisites.mjs';
import { findOrStartRedis } from './setup/redis.mjs';
import { runAsProgram, say } from './setup/terminal.mjs';
import { withCleanUp } from './setup/clean-up.mjs';

await runAsProgram(() =>
  withCleanUp(async (cleanUp) => {
    await ensurePrerequisites({ forTests: false });
    await ensurePackages();
    await ensureBuild();
    const redis = await findOrStartRedis();
    cleanUp(redis.stop);
    say(`Redis: ${redis.origin}`);
    // Its imports are there only now: a fresh clone has no packages and no addon.
    const { runDemo } = await import('./quickstart/demo.mjs');
    await runDemo(redis.url, cleanUp);
  }),
);
