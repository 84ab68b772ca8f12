import type { Metadata } from 'next';

import { MediaBoard } from '@/components/media-board';
import { newestUploads } from '@/lib/services/uploads';
import { currentUser } from '@/lib/session';

export const metadata: Metadata = { title: 'Photos' };

export default async function MediaPage() {
  const user = await currentUser();
  const files = await newestUploads(user?.id ?? '');
  const uploads = files
    .filter(({ kind }) => kind !== 'avatar')
    .map(({ id, name, kind }) => ({ key: id, id, name, kind: kind as 'photo' | 'video' }));
  return (
    <section aria-labelledby="media-title" className="page">
      <header className="page-header">
        <div>
          <h1 id="media-title">Photos & videos</h1>
          <p className="muted">Uploads are made small for the web by the worker, while you go on.</p>
        </div>
      </header>
      <MediaBoard initial={uploads} />
    </section>
  );
}
