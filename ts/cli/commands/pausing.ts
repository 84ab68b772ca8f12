import type { Command } from 'commander';

import { Output } from '../output';
import { withQueues } from '../queue-access';
import { commonOptions, oneQueue, type QueueCommandOptions } from './common-options';

/** `synapse-queue pause` and `synapse-queue resume` */
export function addPausing(program: Command): void {
  const pause = program
    .command('pause')
    .description('stop all workers of a queue from taking jobs; those that run go on');
  commonOptions(oneQueue(pause), ['pause --queue email']);
  pause.action((options: QueueCommandOptions) => setPaused(options, true));

  const resume = program.command('resume').description('let the workers of a queue take jobs again');
  commonOptions(oneQueue(resume), ['resume --queue email']);
  resume.action((options: QueueCommandOptions) => setPaused(options, false));
}

async function setPaused(options: QueueCommandOptions, paused: boolean): Promise<void> {
  await withQueues(options, async (access) => {
    const queue = access.queue(options.queue);
    await (paused ? queue.pause() : queue.resume());
    new Output(options.json).show(
      { queue: queue.name, paused },
      () => `${queue.name} is ${paused ? 'paused' : 'running'}.`,
    );
  });
}
