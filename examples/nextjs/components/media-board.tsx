'use client';

import { useState, type DragEvent } from 'react';

import { sendFile } from './send-file';
import { UploadCard } from './upload-card';

/** An upload, or one that is being sent. */
export interface Upload {
  key: string;
  name: string;
  kind: 'photo' | 'video';
  /** Its id on the server, once it is there. */
  id?: string;
  /** How much is sent, per cent. */
  sent?: number;
  /** Why it was refused. */
  refused?: string;
}

/** A place to drop files, and what became of those before. */
export function MediaBoard({ initial }: { initial: Upload[] }) {
  const [uploads, setUploads] = useState(initial);
  const [isOver, setOver] = useState(false);

  function change(key: string, fields: Partial<Upload>) {
    setUploads((all) => all.map((upload) => (upload.key === key ? { ...upload, ...fields } : upload)));
  }

  function add(files: FileList | null) {
    for (const file of files ?? []) {
      const key = crypto.randomUUID();
      const kind = file.type.startsWith('video/') ? 'video' : 'photo';
      setUploads((all) => [{ key, name: file.name, kind, sent: 0 }, ...all]);
      sendFile(file, kind, (sent) => change(key, { sent })).then(
        (id) => change(key, { id }),
        (error: unknown) => change(key, { refused: (error as Error).message }),
      );
    }
  }

  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    add(event.dataTransfer.files);
  }

  return (
    <>
      <div
        className={isOver ? 'drop drop-over' : 'drop'}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <svg viewBox="0 0 24 24" width="36" height="36" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden>
          <path d="M12 16V4m0 0L7 9m5-5 5 5M4 16v3a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-3" strokeLinecap="round" />
        </svg>
        <p>
          <strong>Drop photos or videos here</strong>
        </p>
        <p className="muted">JPEG, PNG, WebP or AVIF up to 32 MB, videos up to 256 MB</p>
        <label className="button">
          Choose files
          <input
            className="visually-hidden"
            type="file"
            accept="image/*,video/*"
            multiple
            onChange={({ target }) => {
              add(target.files);
              target.value = '';
            }}
          />
        </label>
      </div>
      {uploads.length === 0 ? (
        <div className="empty">
          <h2>Nothing yet</h2>
          <p>Your first upload appears here, small and with a thumbnail.</p>
        </div>
      ) : (
        <ul className="cards" aria-label="Uploads">
          {uploads.map((upload) => (
            <UploadCard key={upload.key} upload={upload} />
          ))}
        </ul>
      )}
    </>
  );
}
