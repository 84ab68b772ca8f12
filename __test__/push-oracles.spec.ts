import { once } from 'node:events';

import { generateVAPIDKeys } from 'web-push';

import { PushReceiver } from '../scripts/servers/push-receiver.cjs';
import { pushProcessors, type Job, type PushProcessorOptions, type PushSubscription } from '..';
import { Workshop } from './support/workshop';

const payload = { title: 'Grüße 👋', body: 'x'.repeat(3900), url: '/chat/1' };

describe.each([
  ['2.0', true],
  ['1.1', false],
])('a push service that speaks HTTP/%s', (httpVersion, speaksHttp2) => {
  let workshop: Workshop;
  let receiver: PushReceiver;
  beforeEach(async () => {
    workshop = new Workshop();
    receiver = await PushReceiver.start({ speaksHttp2 });
  });
  afterEach(async () => {
    await workshop.close();
    await receiver.close();
  });

  test('gets messages that http_ece decrypts, from a sender that jsonwebtoken verifies, made with keys of web-push', async () => {
    const { publicKey, privateKey } = generateVAPIDKeys();
    const subscriptions: PushSubscription[] = ['phone', 'laptop', 'tablet'].map((id) => {
      const { endpoint, keys } = receiver.subscribe(id);
      return { id, userId: 'ann', endpoint, ...keys };
    });
    const stores = {
      subscriptions: { findByUser: () => Promise.resolve(subscriptions), remove: () => Promise.resolve() },
    };
    const options: PushProcessorOptions = {
      stores,
      vapid: { publicKey, privateKey, subject: 'mailto:ops@example.com' },
      allowedOrigins: [receiver.origin],
      extraCa: receiver.ca,
    };
    const worker = workshop.work({ 'push-notification': pushProcessors(options).single });
    const completed = once(worker, 'completed');
    await workshop.queue.add('push-notification', { userId: 'ann', payload, ttl: 60, urgency: 'high', topic: 'chat' });
    const [job] = (await completed) as [Job];

    expect(job.returnvalue).toEqual({ sent: 3, failed: 0, total: 3 });
    expect(receiver.deliveries.map(({ name }) => name).sort()).toEqual(['laptop', 'phone', 'tablet']);
    for (const delivery of receiver.deliveries) {
      expect(JSON.parse(delivery.payload)).toEqual(payload);
      expect(delivery).toMatchObject({
        httpVersion,
        headers: { ttl: '60', urgency: 'high', topic: 'chat', 'content-encoding': 'aes128gcm' },
        vapid: { publicKey, subject: 'mailto:ops@example.com' },
      });
      const hours = (delivery.vapid.expiresAt.getTime() - Date.now()) / 3_600_000;
      expect(hours).toBeGreaterThan(1);
      expect(hours).toBeLessThan(24);
    }
  });
});
