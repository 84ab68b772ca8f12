import type { Metadata } from 'next';

import { Avatar } from '@/components/avatar';
import { Brand } from '@/components/brand';
import { database } from '@/lib/database';

import { signIn } from './actions';

export const metadata: Metadata = { title: 'Sign in' };
export const dynamic = 'force-dynamic';

export default async function SignIn() {
  const people = await database().user.findMany({ orderBy: { id: 'asc' } });
  return (
    <main className="sign-in">
      <section className="sign-in-card" aria-labelledby="sign-in-title">
        <Brand />
        <h1 id="sign-in-title">Who is there?</h1>
        <p className="muted">Choose a person. Open a second window as somebody else to see messages arrive.</p>
        <form action={signIn} className="people">
          {people.map((person) => (
            <button key={person.id} className="person" name="user" value={person.id}>
              <Avatar {...person} size={40} />
              <span>
                Continue as <strong>{person.name}</strong>
              </span>
            </button>
          ))}
        </form>
      </section>
    </main>
  );
}
