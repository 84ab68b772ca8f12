import { request } from 'node:https';

import { generateRequestDetails, generateVAPIDKeys, type RequestOptions } from 'web-push';

import { PushReceiver } from '../scripts/servers/push-receiver.cjs';
import type { PushSubscription } from '../scripts/servers/push-subscription.cjs';

/** Sends with the independent `web-push` package and returns the status and body of the answer. */
async function send(receiver: PushReceiver, subscription: PushSubscription, vapid: RequestOptions): Promise<string> {
  const details = generateRequestDetails(subscription, '{"title":"Hello"}', vapid);
  return new Promise((resolve, reject) => {
    const { method, headers } = details;
    const sent = request(details.endpoint, { method, headers, ca: receiver.ca }, (response) => {
      response.setEncoding('utf8');
      let body = '';
      response.on('data', (text: string) => (body += text));
      response.on('end', () => {
        resolve(`${response.statusCode} ${body}`.trim());
      });
    });
    sent.once('error', reject).end(details.body);
  });
}

describe('PushReceiver', () => {
  const vapidDetails = { subject: 'mailto:test@example.com', ...generateVAPIDKeys() };
  let receiver: PushReceiver;
  beforeEach(async () => {
    receiver = await PushReceiver.start();
  });
  afterEach(() => receiver.close());

  test('decrypts a message and reads its verified sender', async () => {
    const status = await send(receiver, receiver.subscribe('phone'), { vapidDetails, TTL: 60 });
    expect(status).toBe('201');
    expect(receiver.deliveries).toMatchObject([
      {
        name: 'phone',
        payload: '{"title":"Hello"}',
        headers: { ttl: '60' },
        vapid: { publicKey: vapidDetails.publicKey, subject: vapidDetails.subject },
      },
    ]);
  });

  test('answers the given statuses in turn and repeats the last', async () => {
    const phone = receiver.subscribe('phone', 503, 410);
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push(await send(receiver, phone, { vapidDetails }));
    expect(statuses).toEqual(['503', '410', '410']);
  });

  test('rejects a message for another subscriber’s keys', async () => {
    const phone = receiver.subscribe('phone');
    const tablet = receiver.subscribe('tablet');
    const rejected = new Promise((resolve) => receiver.once('rejected', resolve));
    const status = await send(receiver, Object.assign(tablet, { endpoint: phone.endpoint }), { vapidDetails });
    expect(status).toMatch(/^400 /);
    expect(await rejected).toBeInstanceOf(Error);
  });

  test('reads one message of many and counts them all where it is told to', async () => {
    const busy = await PushReceiver.start({ readsOneIn: 3 });
    const phone = busy.subscribe('phone');
    for (let i = 0; i < 7; i += 1) expect(await send(busy, phone, { vapidDetails })).toBe('201');
    await busy.close();
    expect([busy.received, busy.deliveries.length]).toEqual([7, 2]);
  });
});
