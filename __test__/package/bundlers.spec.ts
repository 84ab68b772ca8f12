import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';

import { build } from 'esbuild';
import webpack from 'webpack';

import { temporaryFolder } from '../support/folder';

const SENTENCE =
  /^@synapse\/queue runs on the server, in Node\.js: import it in a route handler.*from the route\. A Jest test.*`\.$/;
/** Inside the package, where its own name leads to it. */
const CLIENT_MODULE = join(__dirname, 'client-module.tmp.mjs');
const BUNDLING_DEADLINE_MS = 60_000;

describe('a bundle for where the queue cannot run', () => {
  beforeAll(() => writeFile(CLIENT_MODULE, `import { Queue } from '@synapse/queue';\nnew Queue('greetings');\n`));
  afterAll(() => rm(CLIENT_MODULE));

  /** Runs a bundle as a browser would. */
  const run = (code: string) => () => {
    runInNewContext(code, {});
  };

  test.each(['browser', 'edge-light', 'workerd'])(
    'by esbuild for %s fails with one sentence that says what to do',
    async (condition) => {
      const { outputFiles } = await build({
        entryPoints: [CLIENT_MODULE],
        bundle: true,
        write: false,
        logLevel: 'silent',
        conditions: [condition],
        platform: condition === 'browser' ? 'browser' : 'neutral',
      });
      expect(run(outputFiles[0]?.text ?? '')).toThrow(SENTENCE);
    },
    BUNDLING_DEADLINE_MS,
  );

  test.each(['web', 'webworker'])(
    'by webpack for %s fails with one sentence that says what to do, and warns of nothing',
    async (target) => {
      const folder = await temporaryFolder();
      const { warnings, errors, code } = await bundle(target, folder.path);
      await folder.remove();
      expect({ warnings, errors }).toEqual({ warnings: [], errors: [] });
      expect(run(code)).toThrow(SENTENCE);
    },
    BUNDLING_DEADLINE_MS,
  );
});

/** A bundle, and what webpack had to say about it. */
interface Bundle {
  warnings: unknown[];
  errors: unknown[];
  code: string;
}

async function bundle(target: string, folder: string): Promise<Bundle> {
  const compiler = webpack({ mode: 'production', target, entry: CLIENT_MODULE, output: { path: folder } });
  const stats = await new Promise<webpack.Stats>((resolve, reject) => {
    compiler.run((error, result) => {
      if (result) resolve(result);
      else reject(error ?? new Error('webpack gave no result'));
    });
  });
  const { warnings = [], errors = [] } = stats.toJson();
  return { warnings, errors, code: await readFile(join(folder, 'main.js'), 'utf8') };
}
