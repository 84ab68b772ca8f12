import { createHash } from 'node:crypto';

import { NextResponse, type NextRequest } from 'next/server';

import { database } from '@/lib/database';
import { currentUser } from '@/lib/session';

interface Subscription {
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

/** Registers the browser that sends what `PushSubscription.toJSON()` gave. */
export async function POST(request: NextRequest): Promise<NextResponse> {
  const user = await currentUser();
  if (!user) return NextResponse.json({ error: 'Sign in first.' }, { status: 401 });
  const subscription: unknown = await request.json().catch(() => undefined);
  if (!isSubscription(subscription)) {
    return NextResponse.json({ error: 'This is not a push subscription.' }, { status: 400 });
  }
  const { endpoint, keys } = subscription;
  // The browser belongs to whoever signed in with it last.
  const fields = { userId: user.id, p256dh: keys.p256dh, auth: keys.auth };
  await database().pushSubscription.upsert({
    where: { endpoint },
    update: fields,
    create: { id: createHash('sha256').update(endpoint).digest('hex'), endpoint, ...fields },
  });
  return NextResponse.json({ subscribed: true }, { status: 201 });
}

/** Forgets a browser. */
export async function DELETE(request: NextRequest): Promise<NextResponse> {
  const user = await currentUser();
  if (!user) return NextResponse.json({ error: 'Sign in first.' }, { status: 401 });
  const { endpoint } = (await request.json().catch(() => ({}))) as { endpoint?: string };
  await database().pushSubscription.deleteMany({ where: { endpoint: endpoint ?? '', userId: user.id } });
  return NextResponse.json({ subscribed: false });
}

function isSubscription(value: unknown): value is Subscription {
  const { endpoint, keys } = (value ?? {}) as Partial<Subscription>;
  return (
    typeof endpoint === 'string' &&
    URL.canParse(endpoint) &&
    typeof keys?.p256dh === 'string' &&
    typeof keys.auth === 'string'
  );
}
