import { parseArgs } from 'node:util';

import { SetupError } from '../scripts/setup/terminal.mjs';

export const USAGE = `Usage: npm run bench -- [options]
  --runs <n>      measurements of each case and peer, each in a fresh process (default 5)
  --only <text>   only cases whose id contains this; repeatable
  --smoke         small counts, one run, checks results and never time
  --no-write      leave docs/benchmarks.md as it is
`;

const OPTIONS = {
  runs: { type: 'string', default: '5' },
  only: { type: 'string', multiple: true, default: [] },
  smoke: { type: 'boolean', default: false },
  write: { type: 'boolean', default: true },
  help: { type: 'boolean', short: 'h', default: false },
};

/** What the command line asks for. */
export function readOptions(args) {
  const { values } = parse(args);
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1)
    throw new SetupError(`--runs must be a whole number from 1, got ${values.runs}`);
  return { ...values, runs };
}

function parse(args) {
  try {
    return parseArgs({ args, options: OPTIONS, allowNegative: true });
  } catch (error) {
    throw new SetupError(`${error.message}\n${USAGE}`);
  }
}
