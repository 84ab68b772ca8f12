import { Queue, type Job } from '@synapse/queue';

/** Compiles only while a CommonJS module finds the package's types. */
export async function addGreeting(queue: Queue<{ name: string }>): Promise<Job<{ name: string }>> {
  return queue.add('greet', { name: 'Ada' });
}

export const createQueue = (): Queue => new Queue('greetings');
