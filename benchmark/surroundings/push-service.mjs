import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { PushReceiver } from '../../scripts/servers/push-receiver.cjs';

const USERS = 100;
const BROWSERS_PER_USER = 2;

/** One in so many messages is decrypted and its signature verified: reading takes longer than sending. */
const READS_ONE_IN = 50;

/**
 * A push service on loopback and its subscribers, as files that the measured process reads: `authority.pem` and
 * `subscriptions.json`, rows as an application's database has them.
 */
export async function startPushService(folder) {
  const receiver = await PushReceiver.start({ readsOneIn: READS_ONE_IN });
  const rejected = [];
  receiver.on('rejected', (error) => rejected.push(error));
  const rows = Array.from({ length: USERS * BROWSERS_PER_USER }, (_, i) => {
    const { endpoint, keys } = receiver.subscribe(`browser-${i}`);
    return { id: `browser-${i}`, userId: `user-${i % USERS}`, endpoint, ...keys };
  });
  const authority = join(folder, 'authority.pem');
  await writeFile(authority, receiver.ca);
  await writeFile(join(folder, 'subscriptions.json'), JSON.stringify(rows));
  return {
    env: { NODE_EXTRA_CA_CERTS: authority },
    /** Throws unless every message arrived, and could be read where it was tried. */
    verify(messages) {
      if (rejected.length > 0) throw rejected[0];
      if (receiver.received !== messages) throw new Error(`${receiver.received} of ${messages} messages arrived`);
    },
    close: () => receiver.close(),
  };
}
