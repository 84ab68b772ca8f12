import { QueueUnavailableError } from '@synapse/queue';
import { NextResponse, type NextRequest } from 'next/server';

import { acceptUpload, KINDS, UploadRefusedError, type Kind } from '@/lib/services/uploads';
import { currentUser } from '@/lib/session';

/** Takes a form with `file` and `kind` (photo, avatar or video); answers with the id to follow it by. */
export async function POST(request: NextRequest): Promise<NextResponse> {
  const user = await currentUser();
  if (!user) return refuse(401, 'Sign in first.');
  const form = await request.formData().catch(() => new FormData());
  const [file, kind] = [form.get('file'), form.get('kind') ?? 'photo'];
  if (!(file instanceof File)) return refuse(400, 'Choose a file first.');
  if (!KINDS.includes(kind as Kind)) return refuse(400, `“kind” is one of ${KINDS.join(', ')}.`);
  try {
    return NextResponse.json({ id: await acceptUpload(file, kind as Kind, user.id) }, { status: 202 });
  } catch (error) {
    if (error instanceof UploadRefusedError) return refuse(400, error.message);
    if (error instanceof QueueUnavailableError) return refuse(503, 'Files cannot be processed now. Try again soon.');
    throw error;
  }
}

function refuse(status: number, error: string): NextResponse {
  return NextResponse.json({ error }, { status });
}
