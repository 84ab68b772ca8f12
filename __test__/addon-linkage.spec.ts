import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
/** What every Linux with a C library has. */
const C_LIBRARY = /^(lib(c|m|dl|rt|pthread|gcc_s)\.so\.\d+|ld-.*|libc\.musl-.*)$/;

const addons = readdirSync(ROOT).filter((name) => name.endsWith('.node'));

describe('the addon', () => {
  test.each(addons)('%s needs no library beyond the C library', (name) => {
    const { stdout } = spawnSync('readelf', ['-d', join(ROOT, name)], { encoding: 'utf8' });
    const needed = [...stdout.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, library = '']) => library);
    expect(needed).toContain('libc.so.6');
    expect(needed.filter((library) => !C_LIBRARY.test(library))).toEqual([]);
  });

  test.each(addons)('%s contains no OpenSSL', (name) => {
    const bytes = readFileSync(join(ROOT, name));
    expect(
      ['OPENSSL_init_ssl', 'SSL_CTX_new', 'OpenSSL 1.', 'OpenSSL 3.'].filter((text) => bytes.includes(text)),
    ).toEqual([]);
  });
});
