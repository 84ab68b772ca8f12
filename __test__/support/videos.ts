import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Makes a clip of a test picture and a tone with the system's ffmpeg; the extension of `path` decides the container. */
export async function clip(path: string, seconds: number, ...options: string[]): Promise<void> {
  const picture = ['-f', 'lavfi', '-i', `testsrc2=size=320x240:rate=25:duration=${seconds}`];
  const tone = ['-f', 'lavfi', '-i', `sine=duration=${seconds}`];
  await promisify(execFile)('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...picture, ...tone, ...options, path]);
}
