import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

import { database } from '../database';
import { queueService } from '../queue';
import { settings } from '../settings';

export const KINDS = ['photo', 'avatar', 'video'] as const;
export type Kind = (typeof KINDS)[number];

const MIB = 1024 * 1024;
/** Largest upload, bytes. */
export const LIMITS: Record<Kind, number> = { photo: 32 * MIB, avatar: 8 * MIB, video: 256 * MIB };

/** An upload that cannot be accepted; the message is for the person who sent it. */
export class UploadRefusedError extends Error {
  override name = 'UploadRefusedError';
}

/** Stores an upload and queues its job; resolves to the id of both, long before the job runs. */
export async function acceptUpload(file: File, kind: Kind, userId: string): Promise<string> {
  if (!file.type.startsWith(kind === 'video' ? 'video/' : 'image/')) {
    throw new UploadRefusedError(`“${file.name}” is not ${kind === 'video' ? 'a video' : 'a picture'}.`);
  }
  if (file.size === 0) throw new UploadRefusedError(`“${file.name}” is empty.`);
  if (file.size > LIMITS[kind]) {
    throw new UploadRefusedError(`“${file.name}” is larger than ${LIMITS[kind] / MIB} MB.`);
  }
  const id = `${userId}_${randomUUID()}`;
  const filePath = `uploads/${id}`;
  const path = join(settings.storageFolder, filePath);
  await mkdir(join(settings.storageFolder, 'uploads'), { recursive: true });
  await pipeline(Readable.fromWeb(file.stream() as ReadableStream), createWriteStream(path));
  await database().file.create({ data: { id, userId, kind, name: file.name, size: file.size } });
  try {
    await queue(kind, { fileId: id, filePath, userId });
  } catch (error) {
    await Promise.all([database().file.delete({ where: { id } }), rm(path)]);
    throw error;
  }
  return id;
}

/** How many uploads a page shows. */
const PAGE = 24;

/** The newest uploads of a user, avatars among them. */
export async function newestUploads(userId: string) {
  return database().file.findMany({ where: { userId }, orderBy: { createdAt: 'desc' }, take: PAGE });
}

/** Whether an upload's id, which is also its job's, is of this user. */
export function isUploadOf(userId: string, id: string): boolean {
  return id.startsWith(`${userId}_`);
}

/** The job has the upload's id: a page needs no other name to follow it. */
async function queue(kind: Kind, data: { fileId: string; filePath: string; userId: string }): Promise<void> {
  const service = queueService();
  const options = { jobId: data.fileId };
  if (kind === 'photo') await service.addImageProcessing(data, options);
  else if (kind === 'video') await service.addVideoProcessing(data, options);
  else await service.addAvatarOptimization({ filePath: data.filePath, userId: data.userId }, options);
}
