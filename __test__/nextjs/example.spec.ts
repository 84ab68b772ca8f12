import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import type { Page } from 'playwright-core';

import { HeadlessBrowser } from '../support/browser';
import { ADMIN_PASSWORD, ExampleApp } from '../support/example-app';
import { until } from '../support/until';

const PHOTO = join(__dirname, '..', '..', 'scripts', 'quickstart', 'dandelions.jpg');
const START_DEADLINE_MS = 120_000;
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** The example application of examples/nextjs, used by two people in a real browser. */
describe('the Next.js example', () => {
  let app: ExampleApp;
  let browser: HeadlessBrowser;

  beforeAll(async () => {
    [app, browser] = await Promise.all([ExampleApp.start(), HeadlessBrowser.launch()]);
    await app.startWorker();
  }, START_DEADLINE_MS);
  afterAll(async () => {
    await browser.close();
    await app.close();
  });
  afterEach(() => {
    browser.requireNoProblems();
  });

  /** A browser of somebody who has signed in. */
  async function signedIn(name: string, options?: Parameters<HeadlessBrowser['page']>[0]): Promise<Page> {
    const page = await browser.page(options);
    await page.goto(app.url);
    await page.getByRole('button', { name }).click();
    await page.getByRole('heading', { name: 'Garden' }).waitFor();
    return page;
  }

  /** Registers a browser of the push receiver for who is signed in. */
  async function subscribe(page: Page, name: string): Promise<void> {
    const { endpoint, keys } = app.receiver.subscribe(name);
    const answer = await page.request.post(`${app.url}/api/push/subscribe`, { data: { endpoint, keys } });
    expect(answer.status()).toBe(201);
  }

  test('a message is pushed to the receiver, shown to both, and its delivery told to the sender', async () => {
    const [ada, grace] = [await signedIn('Ada Lovelace'), await signedIn('Grace Hopper')];
    await browser.keep(ada, 'example-chat-empty');
    await subscribe(grace, 'grace');
    await ada.getByLabel('Message', { exact: true }).fill('The dandelions are out. Tea at four?');
    await ada.keyboard.press('Enter');
    await ada.getByText('✓ Notified 1 browser').waitFor();
    await grace.getByText('The dandelions are out. Tea at four?').waitFor();
    expect(app.receiver.deliveries.map(({ name, payload }) => [name, JSON.parse(payload) as unknown])).toEqual([
      ['grace', { title: 'New message in Garden', body: 'The dandelions are out. Tea at four?', url: '/chat/garden' }],
    ]);
    await grace.getByLabel('Message', { exact: true }).fill('I will bring the cake.');
    await grace.getByRole('button', { name: 'Send' }).click();
    await ada.getByText('I will bring the cake.').waitFor();
    await browser.keep(ada, 'example-chat');
    await ada.close();
    await grace.close();
  });

  test('a photo is followed from the upload to its thumbnail, while the worker is killed and started again', async () => {
    const page = await signedIn('Ada Lovelace');
    await page.getByRole('link', { name: 'Photos' }).click();
    await page.getByText('Nothing yet').waitFor();
    await browser.keep(page, 'example-media-empty');
    await app.killWorker();
    await page.getByLabel('Choose files').setInputFiles(PHOTO);
    await page.getByRole('status').filter({ hasText: 'Waiting for a worker' }).waitFor();
    await browser.keep(page, 'example-media-waiting');
    await app.startWorker();
    const thumbnail = page.getByRole('img', { name: 'Thumbnail of dandelions.jpg' });
    await thumbnail.waitFor();
    const loaded = () =>
      thumbnail.evaluate((image: { naturalWidth: number; naturalHeight: number }) => [
        image.naturalWidth,
        image.naturalHeight,
      ]);
    await until('the thumbnail', async () => (await loaded())[0]);
    expect(await loaded()).toEqual([320, 240]);
    await page.getByText(/\d+ % smaller/).waitFor();
    expect(await page.getByRole('row', { name: /Original \d+ × \d+ \d/ }).count()).toBe(1);
    await browser.keep(page, 'example-media-done');
    const compressed = await page.request.get(
      `${app.url}${(await thumbnail.locator('..').getAttribute('href')) ?? ''}`,
    );
    expect([compressed.status(), compressed.headers()['content-type']]).toEqual([200, 'image/jpeg']);
    await page.close();
  });

  test('photos in work when their worker is killed are finished by the next one', async () => {
    const page = await signedIn('Grace Hopper');
    await page.getByRole('link', { name: 'Photos' }).click();
    await page.getByLabel('Choose files').setInputFiles(Array.from({ length: 6 }, () => PHOTO));
    await page
      .getByRole('status')
      .filter({ hasText: /^Processing/ })
      .first()
      .waitFor();
    await app.killWorker();
    await browser.keep(page, 'example-media-processing');
    await app.startWorker();
    await until('all thumbnails', async () => (await page.getByText(/\d+ % smaller/).count()) === 6, 45_000);
    expect(await page.locator('.card-bad').count()).toBe(0);
    await page.close();
  });

  test('a picture becomes an avatar that all others see', async () => {
    const page = await signedIn('Ada Lovelace');
    await page.getByRole('link', { name: 'Profile' }).click();
    await page.getByLabel('Change picture').setInputFiles(PHOTO);
    await page.getByText('Your new picture is in place.').waitFor();
    const avatar = page.locator('.panel img.avatar');
    await avatar.waitFor();
    expect(await avatar.getAttribute('src')).toMatch(/^\/files\/avatars\//);
    await browser.keep(page, 'example-avatar');
    await page.close();
  });

  test('a video becomes one for the web, with a poster', async () => {
    const page = await signedIn('Katherine Johnson');
    await page.goto(`${app.url}/media`);
    await page.getByLabel('Choose files').setInputFiles(videoFile());
    const video = page.getByLabel('clip.mp4', { exact: true });
    await video.waitFor();
    const poster = await page.request.get(`${app.url}${(await video.getAttribute('poster')) ?? ''}`);
    expect([poster.status(), poster.headers()['content-type']]).toEqual([200, 'image/jpeg']);
    await browser.keep(page, 'example-video');
    await page.close();
  });

  test('a file that is no picture, and one that only claims to be, are refused in words', async () => {
    const page = await signedIn('Katherine Johnson');
    await page.goto(`${app.url}/media`);
    const text = { mimeType: 'text/plain', name: 'notes.txt', buffer: Buffer.from('not a picture') };
    await page.getByLabel('Choose files').setInputFiles([text, { ...text, mimeType: 'image/jpeg', name: 'fake.jpg' }]);
    await page.getByText('“notes.txt” is not a picture.').waitFor();
    await page.getByText('Could not be processed').waitFor();
    await browser.keep(page, 'example-media-errors');
    expect(() => {
      browser.requireNoProblems();
    }).toThrow(/^400 .*\/api\/upload$/);
    await page.close();
  });

  test('a push message becomes a notification in the browser that got it', async () => {
    const page = await signedIn('Grace Hopper');
    await page.context().grantPermissions(['notifications']);
    await page.goto(`${app.url}/profile`);
    await page.getByText('Get a notification when somebody writes').waitFor();
    await browser.keep(page, 'example-profile');
    await deliver(page, { title: 'New message in Garden', body: 'Tea at four?', url: '/chat/garden' });
    const shown = () =>
      page.evaluate<unknown[]>(`navigator.serviceWorker.ready
        .then((registration) => registration.getNotifications())
        .then((all) => all.map(({ title, body }) => ({ title, body })))`);
    expect(await until('a notification', async () => ((await shown()).length > 0 ? shown() : undefined))).toEqual([
      { title: 'New message in Garden', body: 'Tea at four?' },
    ]);
    await page.close();
  });

  test('the dashboard is shown to who knows the password', async () => {
    const stranger = await browser.page();
    const refused = await stranger.request.get(`${app.url}/admin/queues`);
    expect(refused.status()).toBe(401);
    const admin = await browser.page({ httpCredentials: { username: 'admin', password: ADMIN_PASSWORD } });
    await admin.goto(`${app.url}/admin/queues/queue/file-processing?status=completed`);
    await admin.getByText('process-image').first().waitFor();
    await browser.keep(admin, 'example-admin');
    await stranger.close();
    await admin.close();
  });

  test('fits a phone, and who goes by keyboard skips the navigation', async () => {
    const page = await signedIn('Ada Lovelace', PHONE);
    await browser.keep(page, 'example-phone-chat');
    await page.goto(`${app.url}/media`);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.getByRole('img', { name: /^Thumbnail/ }).waitFor();
    await browser.keep(page, 'example-phone-media');
    const wider = await page.evaluate('document.documentElement.scrollWidth > window.innerWidth');
    expect(wider).toBe(false);
    await page.close();
  });

  test('asks strangers to sign in, in the dark as well', async () => {
    const page = await browser.page({ colorScheme: 'dark' });
    await page.goto(`${app.url}/media`);
    await page.getByRole('heading', { name: 'Who is there?' }).waitFor();
    await browser.keep(page, 'example-sign-in-dark');
    expect((await page.request.get(`${app.url}/api/messages?room=garden`)).status()).toBe(401);
    await page.close();
  });
});

/** A second of a test picture. */
function videoFile(): { name: string; mimeType: string; buffer: Buffer } {
  const source = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25:duration=1', '-pix_fmt', 'yuv420p'];
  const output = ['-movflags', 'frag_keyframe+empty_moov', '-f', 'mp4', 'pipe:1'];
  const { stdout } = spawnSync('ffmpeg', ['-v', 'error', ...source, ...output]);
  return { name: 'clip.mp4', mimeType: 'video/mp4', buffer: stdout };
}

/** Hands a push message to the page's service worker, as the browser does when its push service sends one. */
async function deliver(page: Page, payload: object): Promise<void> {
  // What comes before the worker is active is lost.
  await page.evaluate(`navigator.serviceWorker.ready.then(({ active }) => active.state === 'activated' ||
    new Promise((resolve) => active.addEventListener('statechange', () => active.state === 'activated' && resolve(true))))`);
  const session = await page.context().newCDPSession(page);
  const registration = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      if (registrations[0]) resolve(registrations[0].registrationId);
    });
  });
  await session.send('ServiceWorker.enable');
  const { origin } = new URL(page.url());
  await session.send('ServiceWorker.deliverPushMessage', {
    origin,
    registrationId: await registration,
    data: JSON.stringify(payload),
  });
}
