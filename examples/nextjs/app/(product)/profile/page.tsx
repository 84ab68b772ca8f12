import type { Metadata } from 'next';

import { AvatarUpload } from '@/components/avatar-upload';
import { PushToggle } from '@/components/push-toggle';
import { currentUser } from '@/lib/session';

export const metadata: Metadata = { title: 'Profile' };

export default async function ProfilePage() {
  const user = await currentUser();
  if (!user) return null;
  const publicKey = process.env.VAPID_PUBLIC_KEY ?? '';
  return (
    <section aria-labelledby="profile-title" className="page page-narrow">
      <header className="page-header">
        <h1 id="profile-title">Profile</h1>
      </header>
      <AvatarUpload user={user} />
      <PushToggle publicKey={publicKey} />
    </section>
  );
}
