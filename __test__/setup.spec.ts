import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const QUICKSTART = join(__dirname, '..', 'scripts', 'quickstart.mjs');

function quickstart(env: NodeJS.ProcessEnv): { status: number | null; lines: string[] } {
  const { status, stderr } = spawnSync(process.execPath, [QUICKSTART], { encoding: 'utf8', env });
  return { status, lines: stderr.trim().split('\n') };
}

/** A folder for PATH with nothing but these programs. */
function folderWith(...programs: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'synapse-path-'));
  for (const program of programs) {
    const found = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim();
    symlinkSync(found, join(folder, program));
  }
  return folder;
}

describe('npm run quickstart', () => {
  test('says in one line, without the password, that the Redis of REDIS_URL does not answer', () => {
    const { status, lines } = quickstart({ ...process.env, REDIS_URL: 'redis://:secret@127.0.0.1:1' });
    expect(status).toBe(1);
    expect(lines).toEqual([
      '✘ the Redis named by REDIS_URL does not answer (ECONNREFUSED): start it or unset REDIS_URL',
    ]);
  });

  test('names every missing tool in a line of its own and how to get it', () => {
    const folder = folderWith('sh', 'rustc', 'cargo');
    try {
      const { status, lines } = quickstart({ HOME: process.env['HOME'], PATH: folder });
      expect(status).toBe(1);
      expect(lines).toEqual([
        expect.stringMatching(/^✘ a C compiler is missing: .+ install .+/),
        expect.stringMatching(/^✘ cmake is missing: .+ install .*cmake/),
        expect.stringMatching(/^✘ nasm is missing: .+ install .*nasm/),
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
