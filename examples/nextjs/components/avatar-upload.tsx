'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';

import { Avatar } from './avatar';
import { sendFile } from './send-file';
import { useJob } from './use-job';

interface Props {
  user: { id: string; name: string; avatar: string | null };
}

interface Change {
  id?: string;
  refused?: string;
}

/** A person's picture, and a way to change it. */
export function AvatarUpload({ user }: Props) {
  const [change, setChange] = useState<Change>();

  function send(file: File | undefined) {
    if (!file) return;
    setChange({});
    sendFile(file, 'avatar', () => undefined).then(
      (id) => setChange({ id }),
      (error: unknown) => setChange({ refused: (error as Error).message }),
    );
  }

  return (
    <section className="panel" aria-labelledby="avatar-title">
      <Avatar {...user} size={88} />
      <div>
        <h2 id="avatar-title">{user.name}</h2>
        <p className="muted">A square picture looks best; the worker cuts it and makes every size.</p>
        <label className="button">
          Change picture
          <input
            className="visually-hidden"
            type="file"
            accept="image/*"
            onChange={({ target }) => {
              send(target.files?.[0]);
              target.value = '';
            }}
          />
        </label>
        {change && <ChangeStatus {...change} />}
      </div>
    </section>
  );
}

function ChangeStatus({ id, refused }: Change) {
  const router = useRouter();
  const state = useJob(id)?.state;
  useEffect(() => {
    if (state === 'completed') router.refresh();
  }, [state, router]);
  if (refused !== undefined || state === 'failed') {
    return (
      <p className="error" role="alert">
        {refused ?? 'This picture cannot be used. Try another one.'}
      </p>
    );
  }
  return (
    <p className="muted" role="status">
      {state === 'completed' ? 'Your new picture is in place.' : 'Working on it…'}
    </p>
  );
}
