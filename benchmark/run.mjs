import { startPrivateRedis } from '../scripts/setup/redis.mjs';
import { runAsProgram, say, SetupError } from '../scripts/setup/terminal.mjs';
import { CASES } from './cases.mjs';
import { describeMachine } from './machine.mjs';
import { Measurer } from './measurer.mjs';
import { readOptions, USAGE } from './options.mjs';
import { replaceReport } from './report-file.mjs';
import { writeReport } from './report.mjs';

await runAsProgram(async () => {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  const cases = CASES.filter(({ id }) => options.only.length === 0 || options.only.some((part) => id.includes(part)));
  if (cases.length === 0) throw new SetupError(`no case matches --only ${options.only.join(',')}`);
  const machine = await describeMachine();
  const redis = await startPrivateRedis();
  const measurer = new Measurer(redis.url, { smoke: options.smoke });
  try {
    await measureAll(measurer, cases, options);
  } finally {
    await measurer.close();
    await redis.stop();
  }
  if (options.smoke) return;
  const command = ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' ');
  const report = writeReport({ machine, command, runs: options.runs, cases, results: measurer.results });
  process.stdout.write(`\n${report}`);
  if (options.write) await replaceReport(report);
});

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
