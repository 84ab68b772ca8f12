import { randomUUID } from 'node:crypto';

import { QueueUnavailableError, type PushResult } from '@synapse/queue';

import { database } from '../database';
import { queueService, QUEUE_NAMES } from '../queue';
import { MessageNotificationService, pushJobId } from './message-notification-service';

/** How a message reached the others' browsers. */
export interface Delivery {
  state: 'queued' | 'delivered' | 'failed' | 'nobody';
  sent: number;
}

/** A message as a page shows it. */
export interface ShownMessage {
  id: string;
  content: string;
  sentAt: string;
  sender: { id: string; name: string; avatar: string | null };
  delivery?: Delivery;
}

/** The newest messages of a room, how many a page shows. */
const PAGE = 50;

/** Whether a user may read and write in a room. */
export async function isMember(roomId: string, userId: string): Promise<boolean> {
  return (await database().member.count({ where: { roomId, userId } })) > 0;
}

/** Stores a message and queues its notifications; a queue that is away does not lose the message. */
export async function sendMessage(roomId: string, senderId: string, content: string): Promise<ShownMessage> {
  const message = await database().message.create({
    data: { id: randomUUID(), roomId, senderId, content },
    include: { sender: true },
  });
  const notifications = new MessageNotificationService(database().room, queueService());
  try {
    await notifications.sendPushNotifications(message);
  } catch (error) {
    if (!(error instanceof QueueUnavailableError)) throw error;
    return { ...shown(message), delivery: { state: 'failed', sent: 0 } };
  }
  return { ...shown(message), delivery: { state: 'queued', sent: 0 } };
}

/** The newest messages, oldest first; those of the reader with what became of their notifications. */
export async function messagesOf(roomId: string, readerId: string): Promise<ShownMessage[]> {
  const [rows, others] = await Promise.all([
    database().message.findMany({
      where: { roomId },
      orderBy: { createdAt: 'desc' },
      take: PAGE,
      include: { sender: true },
    }),
    database().member.findMany({ where: { roomId, userId: { not: readerId } } }),
  ]);
  const userIds = others.map(({ userId }) => userId);
  const messages = rows.reverse().map(async (row) => {
    if (row.senderId !== readerId) return shown(row);
    const delivery = await deliveryOf(row.id, userIds);
    return { ...shown(row), ...(delivery && { delivery }) };
  });
  return Promise.all(messages);
}

async function deliveryOf(messageId: string, userIds: string[]): Promise<Delivery | undefined> {
  const queue = queueService().queue(QUEUE_NAMES.PUSH_NOTIFICATIONS);
  // A page of messages must not wait for a Redis that is away.
  const jobs = await Promise.all(userIds.map((id) => queue.getJob(pushJobId(messageId, id)).catch(() => undefined)));
  const known = jobs.filter((job) => job !== undefined);
  if (known.length === 0) return undefined;
  const results = known.map((job) => job.returnvalue as PushResult | null);
  const sent = results.reduce((sum, result) => sum + (result?.sent ?? 0), 0);
  if (sent > 0) return { state: 'delivered', sent };
  if (known.some((job) => job.finishedOn === undefined)) return { state: 'queued', sent };
  const reached = results.reduce((sum, result) => sum + (result?.total ?? 0), 0);
  return { state: reached === 0 && known.every((job) => !job.failedReason) ? 'nobody' : 'failed', sent };
}

interface Row {
  id: string;
  content: string;
  createdAt: Date;
  sender: { id: string; name: string; avatar: string | null };
}

function shown({ id, content, createdAt, sender }: Row): ShownMessage {
  const { id: senderId, name, avatar } = sender;
  return { id, content, sentAt: createdAt.toISOString(), sender: { id: senderId, name, avatar } };
}
