import { redirect } from 'next/navigation';
import type { ReactNode } from 'react';

import { signOut } from '@/app/sign-in/actions';
import { Avatar } from '@/components/avatar';
import { Brand } from '@/components/brand';
import { Navigation } from '@/components/navigation';
import { database } from '@/lib/database';
import { currentUser } from '@/lib/session';

export default async function ProductLayout({ children }: { children: ReactNode }) {
  const user = await currentUser();
  if (!user) redirect('/sign-in');
  const rooms = await database().room.findMany({
    where: { members: { some: { userId: user.id } } },
    orderBy: { name: 'desc' },
  });
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="sidebar">
        <Brand />
        <Navigation rooms={rooms} />
        <form action={signOut} className="me">
          <Avatar {...user} size={32} />
          <span className="me-name">{user.name}</span>
          <button className="button-quiet" aria-label="Sign out" title="Sign out">
            <svg
              viewBox="0 0 24 24"
              width="18"
              height="18"
              fill="none"
              stroke="currentColor"
              strokeWidth="1.8"
              aria-hidden
            >
              <path d="M14 4h5v16h-5M3 12h11m0 0-4-4m4 4-4 4" strokeLinecap="round" strokeLinejoin="round" />
            </svg>
          </button>
        </form>
      </header>
      <main id="main" className="content">
        {children}
      </main>
    </div>
  );
}
