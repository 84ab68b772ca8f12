import { AliasedProject, type Ran } from '../support/aliased-project';

/** What a program printed last, as JSON. */
function printed({ status, stdout, stderr }: Ran): unknown {
  if (status !== 0) throw new Error(`ended with ${String(status)}:\n${stdout}${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

/** `"bullmq": "npm:@synapse/queue"` in package.json, and what imports `bullmq` runs on us unchanged. */
describe('installed under the name bullmq', () => {
  let project: AliasedProject;
  beforeAll(async () => {
    project = await AliasedProject.create();
  }, 60_000);
  afterAll(() => project.remove());

  test('a NestJS application processes jobs, hears queue events and adds flows', async () => {
    const app = printed(await project.run('nest-app.mjs')) as Record<string, unknown[]>;
    const greetings = ['hello Ada', 'hello Grace', 'hello Joan'];
    expect(app['isOurs']).toBe(true);
    expect([...(app['processed'] ?? [])].sort()).toEqual(['child', 'one', 'parent']);
    expect([...(app['completed'] ?? [])].sort()).toEqual(greetings);
    expect([...(app['events'] ?? [])].sort()).toEqual(greetings);
  }, 60_000);

  test('bull-board draws the tree of a flow, with bullmq-otel beside it', async () => {
    expect(printed(await project.run('dashboard.cjs'))).toEqual({
      ...{ isOurs: true, root: 'order', children: ['pack'] },
    });
  }, 60_000);

  test('TypeScript written against bullmq compiles', async () => {
    const { status, stdout } = await project.compile('typed.ts');
    expect(stdout).not.toContain('error TS');
    expect(stdout).toMatch(/node_modules\/bullmq\/index\.d\.m?ts/);
    expect(status).toBe(0);
  }, 60_000);
});
