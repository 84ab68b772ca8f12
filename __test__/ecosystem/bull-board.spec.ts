import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import express from 'express';
import type { Page } from 'playwright-core';

import { HeadlessBrowser } from '../support/browser';
import { until } from '../support/until';
import { Workshop } from '../support/workshop';

/** bull-board on a queue of ours, in a real browser. */
describe('bull-board', () => {
  let workshop: Workshop;
  let browser: HeadlessBrowser;
  let server: Server;
  let page: Page;
  let url: string;

  beforeAll(async () => {
    browser = await HeadlessBrowser.launch();
  });
  beforeEach(async () => {
    workshop = new Workshop();
    const serverAdapter = new ExpressAdapter();
    serverAdapter.setBasePath('/board');
    createBullBoard({ queues: [new BullMQAdapter(workshop.queue as never)], serverAdapter });
    server = express()
      .use('/board', serverAdapter.getRouter() as express.Router)
      .listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/board`;
    page = await browser.page();
  });
  afterEach(async () => {
    await page.close();
    server.closeAllConnections();
    server.close();
    await workshop.close();
    browser.requireNoProblems();
  });
  afterAll(() => browser.close());

  /** A job of each name that the processor knows, ended. */
  async function ended(...names: string[]): Promise<void> {
    const worker = workshop.work(async (job) => {
      await job.log(`packing ${job.name}`);
      if (job.name === 'unavailable') throw new Error('out of stock');
      return { tracking: 'T-1' };
    });
    let ends = 0;
    worker.on('completed', () => (ends += 1));
    worker.on('failed', () => (ends += 1));
    for (const name of names) await workshop.queue.add(name, { customer: 'Ada' });
    await until('all jobs', () => ends === names.length);
    await worker.close();
  }

  /** Waits until the page shows a text. */
  async function sees(text: string): Promise<void> {
    await page.getByText(text).first().waitFor();
    expect(await page.getByText(text).count()).toBeGreaterThan(0);
  }

  /** Calls what a button of the board calls; the page that is open shows the effect. */
  async function put(path: string, data?: object): Promise<void> {
    const response = await page.request.put(`${url}/api/queues/${workshop.queue.name}/${path}`, data && { data });
    expect([response.status(), await response.text()]).toEqual([expect.any(Number), expect.any(String)]);
    expect(response.ok()).toBe(true);
  }

  test('shows the jobs of every state, with data, results and reasons', async () => {
    await ended('ship', 'unavailable');
    await workshop.queue.add('waiting job', { customer: 'Grace' });
    await workshop.queue.add('urgent job', {}, { priority: 1 });
    await workshop.queue.add('later job', {}, { delay: 1_000_000 });
    await page.goto(`${url}/queue/work`);
    for (const text of ['waiting job', 'urgent job', 'later job', 'T-1', 'out of stock']) await sees(text);
    await browser.keep(page, 'bull-board-latest');
    await page.goto(`${url}/queue/work?status=failed`);
    await sees('Error: out of stock');
    expect(await page.getByText('waiting job').count()).toBe(0);
    await browser.keep(page, 'bull-board-failed');
  });

  test('shows a job and its log rows', async () => {
    await ended('unavailable');
    await page.goto(`${url}/queue/${workshop.queue.name}/1`);
    await sees('Error: out of stock');
    await page.getByText('Logs', { exact: true }).click();
    await sees('packing unavailable');
    await browser.keep(page, 'bull-board-job');
  });

  test('retries, promotes, adds and removes', async () => {
    await ended('unavailable');
    await workshop.queue.add('later job', {}, { delay: 1_000_000, jobId: 'later' });
    await put('1/retry');
    await put('later/promote');
    expect(await workshop.queue.getJobCounts('failed', 'delayed', 'waiting')).toEqual({
      ...{ failed: 0, delayed: 0, waiting: 2 },
    });
    const added = await page.request.post(`${url}/api/queues/${workshop.queue.name}/add`, {
      data: { name: 'from the board', data: { x: 1 }, options: { attempts: 2 } },
    });
    expect(added.ok()).toBe(true);
    await page.goto(`${url}/queue/work?status=waiting`);
    for (const text of ['unavailable', 'later job', 'from the board']) await sees(text);
    await put('later/clean');
    expect(await workshop.queue.getJob('later')).toBeUndefined();
    await put('empty');
    expect(await workshop.queue.getWaitingCount()).toBe(0);
  });

  test('cleans finished jobs of some age', async () => {
    await ended('ship');
    const inAMinute = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000);
    await put('clean/completed');
    inAMinute.mockRestore();
    expect(await workshop.queue.getCompletedCount()).toBe(0);
  });

  test('pauses and resumes the queue', async () => {
    await put('pause');
    expect(await workshop.queue.isPaused()).toBe(true);
    await page.goto(url);
    await sees('work');
    await put('resume');
    expect(await workshop.queue.isPaused()).toBe(false);
  });

  test('shows what the server says about itself', async () => {
    const stats = await page.request.get(`${url}/api/redis/stats`);
    expect(await stats.json()).toMatchObject({ backend: 'redis', version: expect.stringMatching(/^\d+\./) as string });
  });

  test('shows job schedulers', async () => {
    await workshop.queue.upsertJobScheduler('daily report', { every: 86_400_000 }, { name: 'report', data: {} });
    await page.goto(`${url}/job-schedulers`);
    await sees('daily report');
    await browser.keep(page, 'bull-board-schedulers');
  });

  test('opens the page of a job that is no flow', async () => {
    await workshop.queue.add('alone', {});
    const flow = await page.request.get(`${url}/api/queues/${workshop.queue.name}/1/flow`);
    expect(await flow.json()).toMatchObject({ nodeId: '1', isFlowNode: false });
    await page.goto(`${url}/queue/${workshop.queue.name}/1`);
    await sees('alone');
  });
});
