'use client';

import type { ProcessedVideo, PublishedImage } from '@synapse/queue';

import type { JobSnapshot } from '@/lib/queue/job-progress';

import type { Upload } from './media-board';
import { useJob } from './use-job';

/** What the worker answers for a photo and for a video, as far as it is shown here. */
type Result = PublishedImage | ProcessedVideo;

/** One upload from the first byte to the pictures that were made of it. */
export function UploadCard({ upload }: { upload: Upload }) {
  const job = useJob(upload.id);
  const isDone = job?.state === 'completed';
  const status = described(upload, job);
  return (
    <li className={status.isError ? 'card card-bad' : 'card'}>
      <div className="card-picture">
        {isDone ? <Picture result={job.result as Result} name={upload.name} /> : <PictureSign />}
      </div>
      <div className="card-body">
        <h2 className="card-name" title={upload.name}>
          {upload.name}
        </h2>
        {isDone ? <Sizes result={job.result as Result} /> : <Status {...status} />}
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

function Picture({ result, name }: { result: Result; name: string }) {
  if ('videoUrl' in result) {
    return <video src={result.videoUrl} poster={result.posterUrl} controls preload="none" aria-label={name} />;
  }
  return (
    <a href={result.compressedUrl} target="_blank" rel="noreferrer">
      {/* The worker has made it small already. */}
      {/* eslint-disable-next-line @next/next/no-img-element */}
      <img src={result.thumbnailUrl} alt={`Thumbnail of ${name}`} width={320} height={240} loading="lazy" />
    </a>
  );
}

interface Size {
  label: string;
  width?: number;
  height?: number;
  bytes: number;
}

function sizesOf(result: Result): Size[] {
  const { originalSize, compressedSize } = result;
  if ('videoUrl' in result) {
    const { width, height } = result;
    return [
      { label: 'Original', bytes: originalSize },
      { label: 'For the web', bytes: compressedSize, width, height },
    ];
  }
  return [
    { label: 'Original', bytes: originalSize, ...result.originalDimensions },
    { label: 'For the web', bytes: compressedSize, ...result.compressedDimensions },
    { label: 'Thumbnail', bytes: result.thumbnailSize, ...result.thumbnailDimensions },
  ];
}

function Sizes({ result }: { result: Result }) {
  const savings = Math.round(100 * (1 - result.compressedSize / result.originalSize));
  return (
    <>
      <table className="sizes">
        <caption className="visually-hidden">Sizes</caption>
        <tbody>
          {sizesOf(result).map(({ label, width, height, bytes }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>{width && `${width} × ${height}`}</td>
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
