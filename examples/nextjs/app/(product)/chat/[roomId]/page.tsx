import type { Metadata } from 'next';
import { notFound } from 'next/navigation';

import { Avatar } from '@/components/avatar';
import { Chat } from '@/components/chat';
import { database } from '@/lib/database';
import { isMember, messagesOf } from '@/lib/services/messages';
import { currentUser } from '@/lib/session';

interface Props {
  params: Promise<{ roomId: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const room = await database().room.findUnique({ where: { id: (await params).roomId } });
  return { title: room?.name ?? 'Room' };
}

export default async function RoomPage({ params }: Props) {
  const { roomId } = await params;
  const user = await currentUser();
  if (!user || !(await isMember(roomId, user.id))) notFound();
  const room = await database().room.findUniqueOrThrow({
    where: { id: roomId },
    include: { members: { include: { user: true } } },
  });
  return (
    <section className="room" aria-labelledby="room-title">
      <header className="page-header">
        <div>
          <h1 id="room-title">{room.name}</h1>
          <p className="muted">{room.topic}</p>
        </div>
        <ul className="members" aria-label={`Members: ${room.members.map((member) => member.user.name).join(', ')}`}>
          {room.members.map((member) => (
            <li key={member.userId} title={member.user.name}>
              <Avatar {...member.user} size={30} />
            </li>
          ))}
        </ul>
      </header>
      <Chat roomId={roomId} userId={user.id} initial={await messagesOf(roomId, user.id)} />
    </section>
  );
}
