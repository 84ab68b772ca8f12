'use client';

import type { JobSnapshot } from '@/lib/queue/job-progress';

import type { Upload } from './media-board';
import { useJob } from './use-job';

interface Dimensions {
  width: number;
  height: number;
}

/** What the worker answers for a photo. */
interface PhotoResult {
  compressedUrl: string;
  thumbnailUrl: string;
  originalSize: number;
  compressedSize: number;
  thumbnailSize: number;
  originalDimensions: Dimensions;
  compressedDimensions: Dimensions;
  thumbnailDimensions: Dimensions;
}

/** One upload from the first byte to the pictures that were made of it. */
export function UploadCard({ upload }: { upload: Upload }) {
  const job = useJob(upload.id);
  const isDone = job?.state === 'completed';
  const status = described(upload, job);
  return (
    <li className={status.isError ? 'card card-bad' : 'card'}>
      <div className="card-picture">{isDone ? <Picture job={job} name={upload.name} /> : <PictureSign />}</div>
      <div className="card-body">
        <h2 className="card-name" title={upload.name}>
          {upload.name}
        </h2>
        {isDone ? <Sizes result={job.result as PhotoResult} /> : <Status {...status} />}
      </div>
    </li>
  );
}

interface StatusProps {
  text: string;
  percent?: number;
  isError?: true;
}

function Status({ text, percent, isError }: StatusProps) {
  if (isError) {
    return (
      <p className="error" role="alert">
        {text}
      </p>
    );
  }
  return (
    <>
      <p className="muted" role="status">
        {text}
      </p>
      <progress className="bar" max={100} value={percent} aria-label={text} />
    </>
  );
}

function described({ id, sent = 0, refused }: Upload, job: JobSnapshot | undefined): StatusProps {
  if (refused) return { text: refused, isError: true };
  if (!id) return { text: `Uploading ${Math.round(sent)} %`, percent: sent };
  if (!job) return { text: 'One moment…' };
  const { state, progress, attemptsMade, failedReason } = job;
  if (state === 'failed')
    return { text: `Could not be processed: ${failedReason ?? 'no reason given'}`, isError: true };
  if (state === 'unknown') return { text: 'The history of this upload is gone.', isError: true };
  if (state === 'active') return { text: `Processing ${Math.round(progress)} %`, percent: progress };
  return { text: attemptsMade > 0 ? 'Trying again soon' : 'Waiting for a worker', percent: 0 };
}

function PictureSign() {
  return (
    <svg viewBox="0 0 24 24" width="48" height="48" fill="none" stroke="currentColor" strokeWidth="1.4" aria-hidden>
      <rect x="3" y="4" width="18" height="16" rx="3" />
      <circle cx="9" cy="10" r="1.8" />
      <path d="m4 18 5-5 4 4 3-3 5 4" strokeLinejoin="round" />
    </svg>
  );
}

function Picture({ job, name }: { job: JobSnapshot; name: string }) {
  const { compressedUrl, thumbnailUrl } = job.result as PhotoResult;
  return (
    <a href={compressedUrl} target="_blank" rel="noreferrer">
      {/* The worker has made it small already. */}
      {/* eslint-disable-next-line @next/next/no-img-element */}
      <img src={thumbnailUrl} alt={`Thumbnail of ${name}`} width={320} height={240} loading="lazy" />
    </a>
  );
}

function Sizes({ result }: { result: PhotoResult }) {
  const rows = [
    ['Original', result.originalSize, result.originalDimensions],
    ['For the web', result.compressedSize, result.compressedDimensions],
    ['Thumbnail', result.thumbnailSize, result.thumbnailDimensions],
  ] as const;
  const savings = Math.round(100 * (1 - result.compressedSize / result.originalSize));
  return (
    <>
      <table className="sizes">
        <caption className="visually-hidden">Sizes</caption>
        <tbody>
          {rows.map(([label, bytes, { width, height }]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>
                {width} × {height}
              </td>
              <td>{readable(bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {savings > 0 && <p className="badge">{savings} % smaller</p>}
    </>
  );
}

const KB = 1000;

function readable(bytes: number): string {
  return bytes < KB * KB ? `${Math.round(bytes / KB)} kB` : `${(bytes / KB / KB).toFixed(1)} MB`;
}
