import { fork } from 'node:child_process';
import { join } from 'node:path';

import { PEERS } from './peers.mjs';
import { RUST_PEER } from './peers/rust-peer.mjs';

const CHILD = join(import.meta.dirname, 'child.mjs');
const DEADLINE_MS = 300_000;

/**
 * Runs a workload in a fresh process; resolves to its metrics and what it cost Redis.
 *
 * The process says when its measured part begins and ends, and waits for the answer each time.
 */
export async function runPeer(task, { cost, env = {} }) {
  const child = start(task, env);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS);
    let metrics;
    child.on('message', (message) => {
      const answered = async () => {
        if (message.phase === 'begin') await cost.begin();
        else metrics = { ...message.metrics, ...(await cost.end(message.jobs)) };
        child.send('go on');
      };
      answered().catch(reject);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      if (code === 0 && metrics) resolve(metrics);
      else
        reject(
          new Error(`${task.peer} did not finish ${task.workload} ${JSON.stringify(task.params)} (${signal ?? code})`),
        );
    });
  });
}

/** The channel between the two is lines of JSON, so a program in another language speaks it as well. */
function start(task, env) {
  const options = { env: { ...process.env, ...env } };
  const argument = JSON.stringify(task);
  if (task.peer === PEERS.rust) return fork(argument, [], { ...options, execPath: RUST_PEER, execArgv: [] });
  return fork(CHILD, [argument], { ...options, execArgv: ['--expose-gc'] });
}
