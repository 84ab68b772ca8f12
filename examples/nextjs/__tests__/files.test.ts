import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { GET } from '@/app/files/[...path]/route';

const VIDEO = 'abcdefghij';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
  process.env.STORAGE_FOLDER = folder;
  // What lies under `avatars` is for everybody, so these requests need no session.
  await mkdir(join(folder, 'avatars'));
  await writeFile(join(folder, 'avatars/video.mp4'), VIDEO);
});
afterAll(() => rm(folder, { recursive: true }));

/** What the route answers, with its body read. */
async function ask(headers: Record<string, string> = {}, { method = 'GET', name = 'video.mp4' } = {}) {
  const request = new Request(`http://localhost/files/avatars/${name}`, { method, headers });
  const response = await GET(request, { params: Promise.resolve({ path: ['avatars', name] }) });
  return { status: response.status, header: (of: string) => response.headers.get(of), body: await response.text() };
}

test('a whole file says that it can be read in parts', async () => {
  const { status, header, body } = await ask();
  expect({ status, body }).toEqual({ status: 200, body: VIDEO });
  expect([header('content-type'), header('content-length'), header('accept-ranges')]).toEqual([
    'video/mp4',
    '10',
    'bytes',
  ]);
});

test.each([
  ['bytes=0-1', 'ab', 'bytes 0-1/10'],
  ['bytes=4-', 'efghij', 'bytes 4-9/10'],
  ['bytes=-3', 'hij', 'bytes 7-9/10'],
  ['bytes=8-100', 'ij', 'bytes 8-9/10'],
  ['bytes=-100', VIDEO, 'bytes 0-9/10'],
])('%s is answered with that part', async (range, part, place) => {
  const { status, header, body } = await ask({ range });
  expect({ status, body }).toEqual({ status: 206, body: part });
  expect([header('content-range'), header('content-length')]).toEqual([place, String(part.length)]);
});

test.each(['bytes=10-', 'bytes=10-20', 'bytes=-0'])(
  '%s lies outside of the file: its size is answered',
  async (range) => {
    const { status, header, body } = await ask({ range });
    expect({ status, body, place: header('content-range') }).toEqual({ status: 416, body: '', place: 'bytes */10' });
  },
);

test.each(['lines=0-1', 'bytes=2-1', 'bytes', 'bytes=0-1,4-5'])('%s is answered with the whole file', async (range) => {
  expect(await ask({ range })).toMatchObject({ status: 200, body: VIDEO });
});

test('a part is answered only while the file is the one that the browser has begun', async () => {
  const range = 'bytes=0-1';
  const etag = (await ask()).header('etag') ?? '';
  expect(await ask({ range, 'if-range': etag })).toMatchObject({ status: 206, body: 'ab' });
  expect(await ask({ range, 'if-range': `W/${etag}` })).toMatchObject({ status: 200, body: VIDEO });
  expect(await ask({ range, 'if-range': '"another"' })).toMatchObject({ status: 200, body: VIDEO });
  expect(await ask({ range, 'if-range': new Date().toUTCString() })).toMatchObject({ status: 200, body: VIDEO });
});

test('a file that the browser has is not sent again', async () => {
  const etag = (await ask()).header('etag') ?? '';
  expect(await ask({ 'if-none-match': `"another", ${etag}`, range: 'bytes=0-1' })).toMatchObject({
    status: 304,
    body: '',
  });
});

test('HEAD knows no ranges, and opens no file', async () => {
  expect(await ask({ range: 'bytes=0-1' }, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
});

test('what is not there, or is no result of the worker, is not found', async () => {
  expect(await ask({}, { name: 'other.mp4' })).toMatchObject({ status: 404 });
  expect(await ask({}, { name: 'video.exe' })).toMatchObject({ status: 404 });
});
