import type { Command } from 'commander';
import pc from 'picocolors';

import { answer } from '../../native-answer';
import type { Queue } from '../../queue';
import { Output } from '../output';
import { withQueues, type QueueAccess } from '../queue-access';
import { visible } from '../../visible';
import { commonOptions, type CommonOptions } from './common-options';

interface DoctorOptions extends CommonOptions {
  queue?: string[];
  orphans: boolean;
}

/** One thing that was looked at. */
interface Finding {
  check: string;
  severity: 'ok' | 'warning' | 'problem';
  message: string;
  advice?: string;
}

/** Findings about the server or about a queue. */
interface Examined {
  /** The queue; absent for the server. */
  queue?: string;
  findings: Finding[];
}

const MARKS = { ok: pc.green('✔'), warning: pc.yellow('▲'), problem: pc.red('✖') } as const;

/** `synapse-queue doctor` */
export function addDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description(
      'look for what loses, delays or holds back jobs, and say what to do; ends with 1 if there is a problem (✖)',
    )
    .option('-q, --queue <name...>', 'only these queues; default: all under the prefix')
    .option('--no-orphans', 'leave out the search for jobs in no state, which scans all keys of the server');
  commonOptions(command, ['doctor', 'doctor --queue email', 'doctor --no-orphans --json']);
  command.action((options: DoctorOptions) => withQueues(options, (access) => examine(access, options)));
}

async function examine(access: QueueAccess, { queue: names, orphans, json }: DoctorOptions): Promise<void> {
  const [lookout, queues] = [access.queue('synapse-queue'), await access.queues(names)];
  const examined: Examined[] = [{ findings: findingsOf(await answer(lookout.native.examineServer(Date.now()))) }];
  for (const queue of queues) {
    examined.push({ queue: queue.name, findings: await examineQueue(queue, orphans) });
  }
  new Output(json).show(examined, (all) => all.map(text).join('\n\n'));
  if (examined.some(({ findings }) => findings.some(({ severity }) => severity === 'problem'))) {
    process.exitCode = 1;
  }
}

async function examineQueue(queue: Queue, orphans: boolean): Promise<Finding[]> {
  return findingsOf(await answer(queue.native.examineQueue(orphans, Date.now())));
}

function findingsOf(text: string): Finding[] {
  return JSON.parse(text) as Finding[];
}

function text({ queue, findings }: Examined): string {
  const title = queue === undefined ? 'Redis' : `Queue ${visible(queue)}`;
  return [pc.bold(title), ...findings.map(line)].join('\n');
}

function line({ severity, check, message, advice }: Finding): string {
  const told = `${MARKS[severity]} ${check}: ${visible(message)}`;
  return advice === undefined ? told : `${told}. ${pc.dim(advice)}`;
}
