import type { QueueService } from '@synapse/queue';

import type { PrismaClient } from '../generated/prisma/client';

/** A message that was sent. */
export interface SentMessage {
  id: string;
  roomId: string;
  senderId: string;
  content: string;
}

/** Tells the members of a room about a message, through the queue. */
export class MessageNotificationService {
  constructor(
    private readonly rooms: PrismaClient['room'],
    private readonly queueService: QueueService,
  ) {}

  /** Adds one job for each member but the sender; they travel in one round trip. */
  async sendPushNotifications({ id, roomId, senderId, content }: SentMessage): Promise<void> {
    const room = await this.rooms.findUnique({ where: { id: roomId }, include: { members: true } });
    if (!room) return;
    const recipients = room.members.map(({ userId }) => userId).filter((userId) => userId !== senderId);
    await Promise.all(
      recipients.map((userId) =>
        this.queueService.addPushNotification(
          { userId, payload: { title: `New message in ${room.name}`, body: content, url: `/chat/${roomId}` } },
          { jobId: pushJobId(id, userId) },
        ),
      ),
    );
  }
}

/** The job that tells a user about a message: a request that is sent twice adds it once. */
export function pushJobId(messageId: string, userId: string): string {
  return `${messageId}_${userId}`;
}
