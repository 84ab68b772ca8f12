import type { NextRequest } from 'next/server';

import { jobEventStream } from '@/lib/queue/job-progress';
import { isUploadOf, newestUploads } from '@/lib/services/uploads';
import { currentUser } from '@/lib/session';

/** What becomes of one's uploads, as server-sent events. */
export async function GET(request: NextRequest): Promise<Response> {
  const user = await currentUser();
  if (!user) return new Response('Sign in first.', { status: 401 });
  const ids = (await newestUploads(user.id)).map(({ id }) => id);
  return new Response(
    jobEventStream(ids, (id) => isUploadOf(user.id, id), request.signal),
    {
      // `no-transform` and the last line keep proxies from collecting events.
      headers: {
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-cache, no-transform',
        'X-Accel-Buffering': 'no',
      },
    },
  );
}
