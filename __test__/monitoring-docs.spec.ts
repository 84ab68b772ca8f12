import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { serveHealth } from '..';
import { Workshop } from './support/workshop';

const DOCS = join(__dirname, '..', 'docs');
const METRIC = /\bsynapse_queue_\w+/g;

interface Panel {
  title: string;
  targets?: { expr: string }[];
}

/** What a process with a worker that has run a job is scraped for. */
async function scrape(): Promise<string> {
  const workshop = new Workshop();
  const health = await serveHealth({ port: 0 });
  await workshop.run(workshop.work(() => Promise.resolve('done')));
  const response = await fetch(`http://127.0.0.1:${health.port}/metrics`);
  const text = await response.text();
  await health.close();
  await workshop.close();
  return text;
}

describe('what is documented about metrics', () => {
  let scraped: string;
  let series: Set<string>;
  let families: string[];

  beforeAll(async () => {
    scraped = await scrape();
    series = new Set(scraped.split('\n').flatMap((line) => /^(synapse_queue_\w+)\{/.exec(line)?.[1] ?? []));
    families = [...scraped.matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1] ?? '');
  });

  test('every query of the dashboard asks for series that a scrape has', async () => {
    const text = await readFile(join(DOCS, 'grafana', 'synapse-queue.json'), 'utf8');
    const { panels } = JSON.parse(text) as { panels: Panel[] };
    const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(queries.length).toBeGreaterThan(15);
    const asked = new Set(text.match(METRIC));
    expect([...asked].filter((name) => !series.has(name))).toEqual([]);
  });

  test('every state, label and quantile that the dashboard names is in a scrape', () => {
    for (const state of ['waiting', 'prioritized', 'delayed', 'waiting-children', 'active', 'failed']) {
      expect(scraped).toContain(`state="${state}"`);
    }
    expect(scraped).toMatch(/synapse_queue_job_wait_seconds_bucket\{prefix="[^"]+",queue="work",le="\+Inf"\} 1/);
  });

  test('the guide lists exactly the metrics that there are', async () => {
    const guide = await readFile(join(DOCS, 'monitoring.md'), 'utf8');
    const listed = [...guide.matchAll(/^\| `(synapse_queue_\w+)`/gm)].map((match) => match[1]);
    expect(listed.sort()).toEqual(families.sort());
  });

  test('names follow the conventions of Prometheus', () => {
    for (const [, name = '', kind = ''] of scraped.matchAll(/^# TYPE (\S+) (\S+)/gm)) {
      expect([name, name.endsWith('_total')]).toEqual([name, kind === 'counter']);
      expect(name).not.toMatch(/_(ms|milliseconds|minutes)(_|$)/);
    }
    expect(scraped.match(/^# HELP/gm)).toHaveLength(families.length);
  });
});
