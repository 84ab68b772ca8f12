import { startPrivateRedis } from '../scripts/setup/redis.mjs';
import { runAsProgram, say } from '../scripts/setup/terminal.mjs';
import { Measurer } from './measurer.mjs';
import { readOptions, USAGE } from './options.mjs';
import { PEERS } from './peers.mjs';
import { buildRustPeer } from './peers/rust-peer.mjs';
import { describeMachine } from './report/machine.mjs';
import { publish } from './report/section.mjs';
import { SNAPSHOT_OPTIONS } from './surroundings/snapshots.mjs';

await runAsProgram(async () => {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  const missing = options.rustPeer ? await buildRustPeer() : 'not asked for, see --rust-peer';
  for (const part of options.parts) {
    const cases = part.cases.map((benchmark) => withoutMissing(benchmark, missing));
    const machine = await describeMachine();
    const results = await measurePart(cases, options);
    if (options.smoke) continue;
    const about = { machine, command: commandLine(), runs: options.runs, rustPeer: missing };
    await publish({ ...part, cases }, results, { about, write: options.write });
  }
});

/** The peer in Rust is left out unless it was built. */
function withoutMissing(benchmark, missing) {
  return { ...benchmark, peers: benchmark.peers.filter((peer) => peer !== PEERS.rust || missing === undefined) };
}

async function measurePart(cases, options) {
  const redis = await startPrivateRedis(SNAPSHOT_OPTIONS);
  const measurer = new Measurer(redis.url, options);
  try {
    await measureAll(measurer, cases, options);
    return measurer.results;
  } finally {
    await measurer.close();
    await redis.stop();
  }
}

/** Peers take turns, in fresh processes, so that a change of the machine's mood meets all of them alike. */
async function measureAll(measurer, cases, { runs, smoke }) {
  for (let run = 1; run <= (smoke ? 1 : runs); run += 1) {
    for (const benchmark of cases) {
      const peers = run % 2 === 0 ? benchmark.peers.toReversed() : benchmark.peers;
      for (const peer of peers) {
        say(`${smoke ? 'smoke' : `run ${run} of ${runs}`}: ${benchmark.title}, ${peer}`);
        await measurer.measure(benchmark, peer);
      }
    }
  }
}

function commandLine() {
  return ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' ');
}
