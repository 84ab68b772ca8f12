import { parseArgs } from 'node:util';

import { SetupError } from '../scripts/setup/terminal.mjs';
import { PARTS } from './parts.mjs';

const names = (parts) => parts.map(({ id }) => id).join(', ');

export const USAGE = `Usage: npm run bench -- [options]
  --runs <n>      measurements of each case and peer, each in a fresh process (default 5)
  --part <name>   one of ${names(PARTS)};
                  repeatable (default ${names(PARTS.filter(({ usual }) => usual))})
  --only <text>   only cases whose id contains this; repeatable; the report is printed and not written
  --rust-peer     also measure the Rust crate bullmq-official, built on first use (cargo)
  --smoke         every part, small counts, one run; checks results and never time
  --no-write      leave docs/benchmarks.md as it is
`;

const OPTIONS = {
  runs: { type: 'string', default: '5' },
  part: { type: 'string', multiple: true, default: [] },
  only: { type: 'string', multiple: true, default: [] },
  'rust-peer': { type: 'boolean', default: false },
  smoke: { type: 'boolean', default: false },
  write: { type: 'boolean', default: true },
  help: { type: 'boolean', short: 'h', default: false },
};

/** What the command line asks for: the parts with the cases to run, and how. */
export function readOptions(args) {
  const { values } = parse(args);
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1)
    throw new SetupError(`--runs must be a whole number from 1, got ${values.runs}`);
  const parts = selectedParts(values);
  const write = values.write && !values.smoke && values.only.length === 0;
  return { help: values.help, smoke: values.smoke, rustPeer: values['rust-peer'], runs, parts, write };
}

function selectedParts({ part: wanted, only, smoke }) {
  const unknown = wanted.find((name) => !PARTS.some(({ id }) => id === name));
  if (unknown !== undefined) throw new SetupError(`there is no part ${unknown}: ${names(PARTS)}`);
  const isWanted = ({ id, usual }) => (wanted.length > 0 ? wanted.includes(id) : usual || smoke || only.length > 0);
  const isSelected = ({ id, smoke: params }) =>
    (only.length === 0 || only.some((text) => id.includes(text))) && (!smoke || params !== undefined);
  const parts = PARTS.filter(isWanted).map((part) => ({ ...part, cases: part.cases.filter(isSelected) }));
  const selected = parts.filter(({ cases }) => cases.length > 0);
  if (selected.length === 0) throw new SetupError(`no case matches --only ${only.join(',')}`);
  return selected;
}

function parse(args) {
  try {
    return parseArgs({ args, options: OPTIONS, allowNegative: true });
  } catch (error) {
    throw new SetupError(`${error.message}\n${USAGE}`);
  }
}
