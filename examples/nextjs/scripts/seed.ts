import { database } from '../lib/database';

/** People to sign in as; there are no passwords in an example. */
const PEOPLE = [
  { id: 'ada', name: 'Ada Lovelace' },
  { id: 'grace', name: 'Grace Hopper' },
  { id: 'katherine', name: 'Katherine Johnson' },
];
const ROOMS = [
  { id: 'garden', name: 'Garden', topic: 'Dandelions and other plans', members: ['ada', 'grace', 'katherine'] },
  { id: 'engine-room', name: 'Engine room', topic: 'What runs behind the scenes', members: ['ada', 'grace'] },
];

/** Makes the tables that are missing, and the people and rooms of the example; nothing that exists is changed. */
export async function seed(tables: string): Promise<void> {
  const client = database();
  for (const statement of tables.split(/;\s*\n/)) {
    if (statement.trim()) await client.$executeRawUnsafe(statement);
  }
  for (const person of PEOPLE) await client.user.upsert({ where: { id: person.id }, create: person, update: {} });
  for (const { members, ...room } of ROOMS) {
    await client.room.upsert({ where: { id: room.id }, create: room, update: {} });
    for (const userId of members) {
      const member = { roomId: room.id, userId };
      await client.member.upsert({ where: { roomId_userId: member }, create: member, update: {} });
    }
  }
  await client.$disconnect();
}
