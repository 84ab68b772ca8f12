import { extname, join } from 'node:path';

import { fileResponse } from '@/lib/file-response';
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
  const headers = {
    'Content-Type': type,
    'Cache-Control': 'private, max-age=86400',
    'X-Content-Type-Options': 'nosniff',
  };
  return (await fileResponse(request, join(settings.storageFolder, ...path), headers)) ?? notFound();
}

function notFound(): Response {
  return new Response('There is no such file.', { status: 404 });
}
