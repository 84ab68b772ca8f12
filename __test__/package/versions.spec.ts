import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

interface Manifest {
  name: string;
  version: string;
  publishConfig?: { access?: string };
}

const manifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Manifest;
const main = manifest('.');

test('the crates have the version of the package, which metrics and queues tell', () => {
  const [, version] = /^version = "(.*)"$/m.exec(readFileSync(join(ROOT, 'Cargo.toml'), 'utf8')) ?? [];
  expect(version).toBe(main.version);
});

test.each(['.', ...readdirSync(join(ROOT, 'npm')).map((name) => join('npm', name))])(
  'the package in %s has that version, and is published for everybody',
  (folder) => {
    // npm keeps a new package under a scope to its members unless it is told otherwise.
    expect(manifest(folder)).toMatchObject({ version: main.version, publishConfig: { access: 'public' } });
  },
);
