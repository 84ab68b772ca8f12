import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { run, say, succeeds } from './terminal.mjs';

const PACKAGE = 'moto[s3,server]';

/** A Python that can run the S3 service of the tests; an environment of its own is made where the system's cannot. */
export async function motoPython() {
  if (canRunMoto('python3')) return 'python3';
  const folder = join(homedir(), '.cache', 'synapse-queue', 'python');
  const python = join(folder, 'bin', 'python');
  if (!existsSync(python) || !canRunMoto(python)) {
    say(`installing ${PACKAGE} into ${folder}`);
    await run('python3', ['-m', 'venv', folder], {
      purpose: 'make a Python environment for the S3 service of the tests',
    });
    await run(python, ['-m', 'pip', 'install', '--quiet', PACKAGE], { purpose: `install ${PACKAGE}` });
  }
  return python;
}

function canRunMoto(python) {
  return succeeds(python, ['-c', 'import moto.server']);
}
