import { runAsProgram, run } from '../setup/terminal.mjs';
import { EXAMPLE, prepareExample } from './prepare.mjs';

// For the tests: the example as it is deployed, in a folder that holds all it needs.
await runAsProgram(async () => {
  const env = { NEXT_TELEMETRY_DISABLED: '1' };
  await prepareExample(env);
  const args = ['run', '--silent', '--prefix', EXAMPLE, 'build:standalone'];
  await run('npm', args, { purpose: 'build the example', env });
});
