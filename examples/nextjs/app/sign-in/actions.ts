'use server';

import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';

import { database } from '@/lib/database';
import { sealed, SESSION_COOKIE } from '@/lib/session';

const WEEK_S = 7 * 24 * 60 * 60;

/** Signs in as the person whose button was pressed. */
export async function signIn(form: FormData): Promise<void> {
  const id = String(form.get('user'));
  if (!(await database().user.findUnique({ where: { id } }))) redirect('/sign-in');
  (await cookies()).set(SESSION_COOKIE, sealed(id), { httpOnly: true, sameSite: 'lax', maxAge: WEEK_S });
  redirect('/chat/garden');
}

export async function signOut(): Promise<void> {
  (await cookies()).delete(SESSION_COOKIE);
  redirect('/sign-in');
}
