import { NextResponse, type NextRequest } from 'next/server';

import { isMember, messagesOf, sendMessage } from '@/lib/services/messages';
import { currentUser } from '@/lib/session';

const LENGTH_MAX = 2000;

/** The newest messages of `?room=`. */
export async function GET(request: NextRequest): Promise<NextResponse> {
  const user = await currentUser();
  const roomId = request.nextUrl.searchParams.get('room') ?? '';
  if (!user) return refuse(401, 'Sign in first.');
  if (!(await isMember(roomId, user.id))) return refuse(404, 'There is no such room.');
  return NextResponse.json({ messages: await messagesOf(roomId, user.id) });
}

/** Sends a message. The answer does not wait for the push notifications: they are queued. */
export async function POST(request: NextRequest): Promise<NextResponse> {
  const user = await currentUser();
  if (!user) return refuse(401, 'Sign in first.');
  const { roomId, content } = (await request.json().catch(() => ({}))) as Record<string, unknown>;
  if (typeof roomId !== 'string' || !(await isMember(roomId, user.id))) return refuse(404, 'There is no such room.');
  const text = typeof content === 'string' ? content.trim() : '';
  if (text === '') return refuse(400, 'Write something first.');
  if (text.length > LENGTH_MAX) return refuse(400, `A message has at most ${LENGTH_MAX} characters.`);
  return NextResponse.json({ message: await sendMessage(roomId, user.id, text) }, { status: 201 });
}

function refuse(status: number, error: string): NextResponse {
  return NextResponse.json({ error }, { status });
}
