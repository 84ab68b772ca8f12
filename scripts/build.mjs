import { ensureBuild, ensurePackages } from './setup/build.mjs';
import { ensurePrerequisites } from './setup/prerequisites.mjs';
import { runAsProgram } from './setup/terminal.mjs';

await runAsProgram(async () => {
  await ensurePrerequisites({ forTests: false });
  await ensurePackages();
  await ensureBuild();
});
