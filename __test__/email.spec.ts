import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { SMTPServerOptions } from 'smtp-server';

import {
  configure,
  emailProcessor,
  processSendEmail,
  type EmailData,
  type EmailProcessorOptions,
  type EmailResult,
  type Job,
} from '..';
import { temporaryFolder } from './support/folder';
import { MailServer } from './support/mail-server';
import { Workshop } from './support/workshop';

const FROM = 'Synapse <no-reply@example.com>';
const welcome: EmailData = { to: 'ann@example.com', subject: 'Welcome', body: '<p>Hello <b>Ann</b></p>' };

let server: MailServer;
let workshop: Workshop;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeEach(async () => {
  workshop = new Workshop();
  folder = await temporaryFolder();
});
afterEach(async () => {
  await workshop.close();
  await server.close();
  await folder.remove();
});

/** A worker that sends through a server that needs no user. */
async function openServer(
  serverOptions: SMTPServerOptions = {},
  options: EmailProcessorOptions = {},
): Promise<ReturnType<Workshop['work']>> {
  server = await MailServer.start({ authOptional: true, ...serverOptions });
  const url = `smtp://localhost:${server.port}`;
  const processor = emailProcessor({ url, from: FROM, storage: `file:${folder.path}`, extraCa: server.ca, ...options });
  return workshop.work({ 'send-email': processor }, { concurrency: 20 });
}

async function send(worker: ReturnType<Workshop['work']>, data: unknown, opts = {}): Promise<Job> {
  const ended = new Promise<Job>((resolve) => {
    worker.once('completed', resolve);
    worker.once('failed', (job) => {
      resolve(job as Job);
    });
  });
  await workshop.queue.add('send-email', data, opts);
  return ended;
}

function code(worker: ReturnType<Workshop['work']>): Promise<unknown> {
  return once(worker, 'failed').then(([, error]) => (error as { code?: unknown }).code);
}

describe('send-email', () => {
  test('sends HTML with a text made from it, over STARTTLS, and logs the lines of the document', async () => {
    const worker = await openServer();
    const lines: string[] = [];
    worker.on('log', (_job, message) => lines.push(message));
    const job = await send(worker, welcome);

    const [{ mail, envelope, isSecure } = { mail: undefined, envelope: undefined, isSecure: false }] = server.received;
    expect(job.returnvalue).toEqual({ success: true, messageId: mail?.messageId });
    expect(mail?.messageId).toMatch(/^<1\.\d{13}@example\.com>$/);
    expect([mail?.subject, mail?.from?.text, isSecure]).toEqual(['Welcome', '"Synapse" <no-reply@example.com>', true]);
    expect(mail?.html).toBe('<p>Hello <b>Ann</b></p>');
    expect(mail?.text?.trim()).toBe('Hello **Ann**');
    expect(envelope).toEqual({ from: 'no-reply@example.com', to: ['ann@example.com'] });
    expect(lines).toEqual(['📧 Processing email job 1 to ann@example.com', '✅ Email job 1 completed']);
  });

  test('carries names and subjects in any script, long ones too', async () => {
    const worker = await openServer();
    const subject = `Grüße 👋 aus Zürich ${'für Sie '.repeat(40)}日本語`;
    await send(worker, {
      to: ['Jürgen Groß <j@example.com>', { name: '李, "四"', address: 'li@example.com' }],
      from: 'Ünïcode ☃ <snow@bücher.example>',
      subject,
      body: `<p>${'ü'.repeat(2000)}</p>`,
    });
    const [received] = server.received;
    const { mail } = received ?? {};
    expect(mail?.subject).toBe(subject);
    expect(mail?.to).toMatchObject({
      value: [
        { name: 'Jürgen Groß', address: 'j@example.com' },
        { name: '李, "四"', address: 'li@example.com' },
      ],
    });
    expect(mail?.from?.value[0]).toMatchObject({ name: 'Ünïcode ☃' });
    expect(received?.raw).toMatch(/^From: .*<snow@xn--bcher-kva\.example>\r$/m);
    expect(mail?.html).toBe(`<p>${'ü'.repeat(2000)}</p>`);
    // RFC 5322, section 2.1.1, and nothing beyond ASCII on the wire.
    expect(received?.raw.split('\r\n').filter((line) => line.length > 998)).toEqual([]);
    // eslint-disable-next-line no-control-regex
    expect(received?.raw).toMatch(/^[\x00-\x7f]*$/);
  });

  test('names Cc and Reply-To, sends to Bcc without naming it, and adds headers', async () => {
    const worker = await openServer();
    await send(worker, {
      ...welcome,
      text: 'own text',
      cc: 'Bob <bob@example.com>, carl@example.com',
      bcc: ['dora@example.com'],
      replyTo: 'help@example.com',
      headers: { 'List-Unsubscribe': '<https://example.com/stop>', 'X-Campaign': 'Frühling' },
    });
    const [received] = server.received;
    expect(received?.envelope.to).toEqual([
      'ann@example.com',
      'bob@example.com',
      'carl@example.com',
      'dora@example.com',
    ]);
    expect(received?.raw).not.toContain('dora');
    expect(received?.mail.cc).toMatchObject({ value: [{ name: 'Bob' }, { address: 'carl@example.com' }] });
    expect(received?.mail.replyTo?.text).toBe('help@example.com');
    expect(received?.mail.text?.trim()).toBe('own text');
    expect(received?.mail.headers.get('x-campaign')).toBe('=?utf-8?b?RnLDvGhsaW5n?=');
    expect(received?.mail.headers.get('list')).toMatchObject({ unsubscribe: { url: 'https://example.com/stop' } });
  });

  test('attaches files of the storage, byte for byte', async () => {
    const worker = await openServer();
    const pdf = randomBytes(300_000);
    await mkdir(join(folder.path, 'invoices'));
    await writeFile(join(folder.path, 'invoices', '7.pdf'), pdf);
    await writeFile(join(folder.path, 'notes'), 'line\n.\nbegins with a dot\n');
    await send(worker, {
      ...welcome,
      attachments: [
        { path: '/invoices/7.pdf', filename: 'Rechnung für Jürgen.pdf' },
        { path: 'notes', contentType: 'text/plain' },
      ],
    });
    const attachments = server.received[0]?.mail.attachments ?? [];
    expect(attachments.map(({ filename, contentType }) => [filename, contentType])).toEqual([
      ['Rechnung für Jürgen.pdf', 'application/pdf'],
      ['notes', 'text/plain'],
    ]);
    expect(attachments[0]?.content.equals(pdf)).toBe(true);
    expect(attachments[1]?.content.toString()).toBe('line\n.\nbegins with a dot\n');
  });

  test.each([
    ['a subject', { subject: 'Hello\r\nBcc: eve@example.com' }],
    ['a recipient', { to: 'ann@example.com\r\nBcc: eve@example.com' }],
    ['a name', { to: { name: 'Ann\nBcc: eve@example.com', address: 'ann@example.com' } }],
    ['a sender', { from: 'x <a@example.com>\r\nDATA' }],
    ['a copy', { cc: ['ann@example.com>\r\nRCPT TO:<eve@example.com'] }],
    ['a header', { headers: { 'X-A': 'x\r\n\r\nforged body' } }],
    ['the name of a header', { headers: { 'X-A: x\r\nBcc': 'eve@example.com' } }],
    ['a reserved header', { headers: { bcc: 'eve@example.com' } }],
    ['the name of an attachment', { attachments: [{ path: 'a', filename: 'a\r\nBcc: eve@example.com' }] }],
    ['the type of an attachment', { attachments: [{ path: 'a', contentType: 'text/plain\r\nBcc: eve@example.com' }] }],
  ])('%s cannot add to the message', async (_what, data) => {
    const worker = await openServer();
    const failed = code(worker);
    const job = await send(worker, { ...welcome, ...data }, { attempts: 3 });
    expect(await failed).toBe('INVALID_JOB_DATA');
    expect([job.finishedOn !== undefined, server.connections]).toEqual([true, 0]);
  });

  test.each([
    ['../secret', 'PATH_OUTSIDE_STORAGE', true],
    ['large', 'FILE_TOO_LARGE', true],
    ['missing', 'FILE_NOT_FOUND', false],
  ])('the attachment %s fails with %s', async (path, expected, isFinal) => {
    const worker = await openServer({}, { maxAttachmentBytes: 10 });
    await writeFile(join(folder.path, 'large'), 'eleven byte');
    const failed = code(worker);
    const job = await send(worker, { ...welcome, attachments: [{ path }] }, { attempts: 2, backoff: 60_000 });
    expect(await failed).toBe(expected);
    expect([job.finishedOn !== undefined, server.connections]).toEqual([isFinal, 0]);
  });
});

describe('the relay', () => {
  test('is logged in to', async () => {
    server = await MailServer.start();
    const url = `smtp://ann:s3cret%2F%C3%A4@localhost:${server.port}`;
    const worker = workshop.work({ 'send-email': emailProcessor({ url, from: FROM, extraCa: server.ca }) });
    await send(worker, welcome);
    expect(server.received[0]).toMatchObject({ user: 'ann', isSecure: true });
  });

  test('that refuses the password fails the job for good, without repeating it', async () => {
    server = await MailServer.start();
    const url = `smtp://ann:wrong-password@localhost:${server.port}`;
    const worker = workshop.work({ 'send-email': emailProcessor({ url, from: FROM, extraCa: server.ca }) });
    const failed = code(worker);
    const job = await send(worker, welcome, { attempts: 3 });
    expect(await failed).toBe('SMTP_AUTHENTICATION_FAILED');
    expect(job.failedReason).toContain('wrong user or password');
    expect(job.failedReason).not.toContain('wrong-password');
    expect(job.finishedOn).toBeDefined();
  });

  test('without STARTTLS gets no password', async () => {
    server = await MailServer.start({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true });
    const url = `smtp://ann:s3cret%2F%C3%A4@localhost:${server.port}`;
    const worker = workshop.work({ 'send-email': emailProcessor({ url, from: FROM, extraCa: server.ca }) });
    const failed = code(worker);
    await send(worker, welcome, { attempts: 2, backoff: 60_000 });
    expect(await failed).toBe('SMTP_UNAVAILABLE');
    expect(server.received).toEqual([]);
  });

  test('with the certificate of a stranger gets no message', async () => {
    const worker = await openServer({}, { extraCa: undefined });
    const job = await send(worker, welcome, { attempts: 2, backoff: 60_000 });
    expect(job.failedReason).toMatch(/certificate|UnknownIssuer/i);
    expect(server.received).toEqual([]);
  });

  test('speaks TLS from the first byte under smtps', async () => {
    server = await MailServer.start({ authOptional: true, secure: true });
    const url = `smtps://localhost:${server.port}`;
    const worker = workshop.work({ 'send-email': emailProcessor({ url, from: FROM, extraCa: server.ca }) });
    await send(worker, welcome);
    expect(server.received[0]?.isSecure).toBe(true);
  });

  test('gets many messages over few connections', async () => {
    const worker = await openServer({}, { connections: 3 });
    const done = new Promise<void>((resolve) => {
      let completed = 0;
      worker.on('completed', () => {
        if ((completed += 1) === 60) resolve();
      });
    });
    await workshop.queue.addBulk(Array.from({ length: 60 }, () => ({ name: 'send-email', data: welcome })));
    await done;
    expect(server.received).toHaveLength(60);
    expect(server.mostOpen).toBeLessThanOrEqual(3);
    expect(server.connections).toBeLessThanOrEqual(3);
    expect(new Set(server.received.map(({ mail }) => mail.messageId)).size).toBe(60);
  });

  test.each(['recipient', 'data'] as const)('that defers the %s (4xx) is asked again', async (at) => {
    const worker = await openServer();
    server.refusals.push({ at, code: 451, message: 'try again later' });
    const failed = code(worker);
    const completed = once(worker, 'completed');
    await workshop.queue.add('send-email', welcome, { attempts: 2 });
    expect(await failed).toBe('EMAIL_DEFERRED');
    const [job] = (await completed) as [Job];
    expect([job.attemptsMade, server.received.length]).toEqual([2, 1]);
    expect(job.returnvalue).toEqual({ success: true, messageId: server.received[0]?.mail.messageId });
  });

  test.each(['recipient', 'data'] as const)('that refuses the %s (5xx) is not asked again', async (at) => {
    const worker = await openServer();
    server.refusals.push({ at, code: 550, message: 'no such user here' });
    const failed = code(worker);
    const job = await send(worker, welcome, { attempts: 3 });
    expect(await failed).toBe('EMAIL_REJECTED');
    expect(job.failedReason).toContain('no such user here');
    expect(job.finishedOn).toBeDefined();
  });

  test('that is not there is tried again', async () => {
    const worker = await openServer();
    await server.close();
    const failed = code(worker);
    const job = await send(worker, welcome, { attempts: 2, backoff: 60_000 });
    expect(await failed).toBe('SMTP_UNAVAILABLE');
    expect(job.finishedOn).toBeUndefined();
    server = await MailServer.start();
  });

  test('that has taken a message is not given it by a later attempt', async () => {
    server = await MailServer.start({ authOptional: true });
    let attempts = 0;
    const processor = emailProcessor({ url: `smtp://localhost:${server.port}`, from: FROM, extraCa: server.ca });
    const worker = workshop.work(async (job: Job<EmailData, EmailResult>, token, signal) => {
      const result = await processor(job, token, signal);
      attempts += 1;
      if (attempts === 1) throw new Error('after the message was sent');
      return result;
    });
    const completed = once(worker, 'completed');
    await workshop.queue.add('send-email', welcome, { attempts: 2 });
    const [job] = (await completed) as [Job];
    expect([job.attemptsMade, server.received.length]).toEqual([2, 1]);
    expect(job.returnvalue).toEqual({ success: true, messageId: server.received[0]?.mail.messageId });
  });
});

describe('processSendEmail', () => {
  test('runs in a processor of one’s own, and configure refuses what cannot work at once', async () => {
    server = await MailServer.start({ authOptional: true });
    const url = `smtp://localhost:${server.port}`;
    expect(() => {
      configure({ email: { url: 'mail.example.com', from: FROM } });
    }).toThrow(expect.objectContaining({ code: 'INVALID_SMTP_URL' }) as Error);
    expect(() => {
      configure({ email: { url, from: 'nobody' } });
    }).toThrow(expect.objectContaining({ code: 'INVALID_EMAIL_FROM' }) as Error);
    configure({ email: { url, from: FROM, extraCa: server.ca } });
    const worker = workshop.work((job: Job) => processSendEmail(job));
    const job = await send(worker, welcome);
    expect(job.returnvalue).toEqual({ success: true, messageId: server.received[0]?.mail.messageId });
  });
});
