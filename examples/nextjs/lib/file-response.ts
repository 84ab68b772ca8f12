import { createReadStream, type BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';

/**
 * Answers a request for a file, whole or in part (RFC 9110, sections 13 and 14): Safari plays no video without parts, and no browser seeks
 * without them. Several ranges at once are answered with the whole file.
 *
 * `undefined` if there is no such file. `headers` go with every answer that may be kept.
 */
export async function fileResponse(
  request: Request,
  file: string,
  headers: Readonly<Record<string, string>>,
): Promise<Response | undefined> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  const size = Number(found.size);
  const etag = etagOf(found);
  const kept = { ...headers, ETag: etag, 'Accept-Ranges': 'bytes' };
  if (isKnown(request, etag)) return new Response(null, { status: 304, headers: kept });
  const part = partOf(request, size, etag);
  if (part === 'unsatisfiable') {
    return new Response(null, { status: 416, headers: { 'Content-Range': `bytes */${size}` } });
  }
  // Next.js drops the body of an answer to HEAD unread, and a stream that nobody reads keeps its file open.
  const body = request.method === 'HEAD' ? null : read(file, part);
  if (!part) return new Response(body, { headers: { ...kept, 'Content-Length': String(size) } });
  const { start, end } = part;
  return new Response(body, {
    status: 206,
    headers: { ...kept, 'Content-Length': String(end - start + 1), 'Content-Range': `bytes ${start}-${end}/${size}` },
  });
}

interface Part {
  /** First byte. */
  start: number;
  /** Last byte, included. */
  end: number;
}

/** The worker renames finished files into place, so another content is another inode and time. */
function etagOf({ ino, size, mtimeNs }: BigIntStats): string {
  return `"${[ino, size, mtimeNs].map((part) => part.toString(36)).join('-')}"`;
}

function isKnown(request: Request, etag: string): boolean {
  const known = request.headers.get('if-none-match');
  if (known === null) return false;
  return known.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')));
}

/** The one range that is asked for; `undefined` for the whole file, also where a range is none. */
function partOf(request: Request, size: number, etag: string): Part | 'unsatisfiable' | undefined {
  const range = request.headers.get('range');
  const condition = request.headers.get('if-range');
  // A date is too coarse to say that the parts are of one file; only our tag is.
  if (request.method !== 'GET' || range === null || (condition !== null && condition !== etag)) return undefined;
  const [, first = '', last = ''] = /^bytes=(?=-?\d)(\d*)-(\d*)$/i.exec(range.replace(/\s/g, '')) ?? [];
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  // Without a first byte, `last` is how many bytes of the end are asked for.
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start <= end ? { start, end } : 'unsatisfiable';
}

function read(file: string, part?: Part): BodyInit {
  return Readable.toWeb(createReadStream(file, part)) as ReadableStream as never;
}
