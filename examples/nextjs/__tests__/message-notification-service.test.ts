import type { QueueService } from '@synapse/queue';

import type { PrismaClient } from '@/lib/generated/prisma/client';
import { MessageNotificationService, pushJobId } from '@/lib/services/message-notification-service';

const message = { id: 'm1', roomId: 'garden', senderId: 'ada', content: 'Tea?' };

function roomOf(...userIds: string[]): PrismaClient['room'] {
  const room = { id: 'garden', name: 'Garden', members: userIds.map((userId) => ({ userId })) };
  return { findUnique: async () => room } as unknown as PrismaClient['room'];
}

test('every member but the sender is told, each by a job of their own', async () => {
  const addPushNotification = jest.fn();
  const service = new MessageNotificationService(roomOf('ada', 'grace', 'katherine'), {
    addPushNotification,
  } as unknown as QueueService);
  await service.sendPushNotifications(message);
  const payload = { title: 'New message in Garden', body: 'Tea?', url: '/chat/garden' };
  expect(addPushNotification.mock.calls).toEqual([
    [{ userId: 'grace', payload }, { jobId: pushJobId('m1', 'grace') }],
    [{ userId: 'katherine', payload }, { jobId: pushJobId('m1', 'katherine') }],
  ]);
});

test('a room that is gone needs no jobs', async () => {
  const rooms = { findUnique: async () => null } as unknown as PrismaClient['room'];
  const addPushNotification = jest.fn();
  const service = new MessageNotificationService(rooms, { addPushNotification } as unknown as QueueService);
  await service.sendPushNotifications(message);
  expect(addPushNotification).not.toHaveBeenCalled();
});
