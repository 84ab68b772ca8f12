import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';

import { currentUser } from '@/lib/session';
import { settings } from '@/lib/settings';

/** What the worker makes; uploads themselves are not served. */
const TYPES: Record<string, string> = {
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.mp4': 'video/mp4',
};
const NAME = /^[\w-]+(\.[a-z0-9]+)?$/;

/** A file that the worker made; all but avatars are for people who are signed in. */
export async function GET(request: Request, { params }: { params: Promise<{ path: string[] }> }): Promise<Response> {
  const { path } = await params;
  const type = TYPES[extname(path.at(-1) ?? '')];
  if (!type || !path.every((part) => NAME.test(part))) return notFound();
  // Avatars are shown where people sign in.
  if (path[0] !== 'avatars' && !(await currentUser())) return notFound();
  const file = join(settings.storageFolder, ...path);
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) return notFound();
  const headers = {
    'Content-Type': type,
    'Content-Length': String(found.size),
    'Cache-Control': 'private, max-age=86400',
    'X-Content-Type-Options': 'nosniff',
  };
  return new Response(Readable.toWeb(createReadStream(file)) as ReadableStream as never, { headers });
}

function notFound(): Response {
  return new Response('There is no such file.', { status: 404 });
}
