import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** Prints, as JSON, what both entries export and whether each name is the same value in both. */
const COMPARE = `
  import * as imported from '@synapse/queue';
  import { createRequire } from 'node:module';
  const required = createRequire(import.meta.url)('@synapse/queue');
  const names = Object.keys(imported).filter((name) => !['default', 'module.exports', '__esModule'].includes(name));
  const different = names.filter((name) => imported[name] !== required[name]);
  console.log(JSON.stringify({ imported: names.sort(), required: Object.keys(required).sort(), different }));
`;

test('import and require give the same names and the same instances', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', COMPARE], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  const { imported, required, different } = JSON.parse(stdout) as Record<string, string[]>;
  expect(imported).toContain('Queue');
  expect(imported).toEqual(required);
  expect(different).toEqual([]);
});
