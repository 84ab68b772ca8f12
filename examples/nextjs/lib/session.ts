import { createHmac, timingSafeEqual } from 'node:crypto';

import { cookies } from 'next/headers';

import { database } from './database';
import type { User } from './generated/prisma/client';

export const SESSION_COOKIE = 'session';

/** A cookie's value that only this server can have made. */
export function sealed(userId: string): string {
  return `${userId}.${signature(userId)}`;
}

/** The user of a session cookie, or undefined if it was not made here. */
export function unsealed(value: string): string | undefined {
  const [userId = '', given = ''] = value.split('.');
  const [expected, actual] = [Buffer.from(signature(userId)), Buffer.from(given)];
  return expected.length === actual.length && timingSafeEqual(expected, actual) ? userId : undefined;
}

/** Who is signed in. */
export async function currentUser(): Promise<User | undefined> {
  const cookie = (await cookies()).get(SESSION_COOKIE)?.value;
  const userId = cookie && unsealed(cookie);
  return userId ? ((await database().user.findUnique({ where: { id: userId } })) ?? undefined) : undefined;
}

function signature(text: string): string {
  const secret = process.env.SESSION_SECRET;
  if (!secret) throw new Error('SESSION_SECRET is not set: run npm run setup');
  return createHmac('sha256', secret).update(text).digest('base64url');
}
