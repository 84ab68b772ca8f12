import { section } from '../scenario';

const resolved = (): Promise<void> => Promise.resolve();

export const controlFlow = section('control flow', {
  async *'a job moves itself to delayed'({ queue, work, api, clock }) {
    await queue.add('later', {}, { attempts: 2 });
    yield await work(async (job, token) => {
      await job.moveToDelayed(clock.now + 5000, token);
      throw new api.DelayedError();
    });
    clock.advance(5000);
    yield await work(resolved);
  },
  async *'a job moves itself back to wait'({ queue, work, api }) {
    await queue.add('later', {}, { attempts: 2 });
    yield await work(
      async (job, token) => {
        if (job.attemptsStarted > 1) return 'second time';
        await job.moveToWait(token);
        throw new api.WaitingError();
      },
      { ends: 1 },
    );
  },
});
