import { FrozenDate } from './frozen-date';
import { observe } from './runner';
import { scenarios } from './scenarios';
import { reference, subject } from './side';

describe('the state in Redis, results, errors and events are those of bullmq', () => {
  beforeAll(() => {
    FrozenDate.install();
  });
  afterAll(() => {
    FrozenDate.uninstall();
  });

  test.each(scenarios)('$name', async (scenario) => {
    let steps = 0;
    for await (const step of observe(scenario, { reference, subject })) {
      expect(step.subject).toEqual(step.reference);
      steps += 1;
    }
    expect(steps).toBeGreaterThan(0);
  });
});
