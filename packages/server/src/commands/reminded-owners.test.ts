import assert from 'node:assert/strict';
import { instant } from '@claviger/core';
import { openSqlite, type User } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { openReminderWorld } from '../jobs/testing/reminder-world.ts';
import { describeMe } from './describe-me.ts';
import { remindedOwners } from './reminded-owners.ts';
import { reminderRecipients } from './reminder-recipients.ts';
import { openInstallation, type ReadableInstallation } from './testing/installation.ts';
import { openScene, PEOPLE } from './testing/scene.ts';

const START = instant(Date.UTC(2026, 10, 23, 12));

let installation: ReadableInstallation;
beforeAll(async () => {
  installation = await openInstallation('reminded owners', openSqlite);
});
afterAll(() => installation.close());

test('banners name the keys that mails tell of: the two ways round say the same of everybody (R3, U6)', async () => {
  const world = await openReminderWorld(installation, START);
  const [ann, ben, gone] = [await world.person(), await world.person(), await world.person()];
  await world.change((change) => change.users.disable(gone));
  const contacts = [[ann.id], [ann.id, ben.id], [gone.id], [gone.id, ben.id], [], [gone.id, ann.id]];
  const robots: User[] = [];
  for (const each of contacts) robots.push(await world.person({ isServiceAccount: true, contacts: each }));
  const stopped = await world.person({ isServiceAccount: true, contacts: [ann.id] });
  await world.change((change) => change.users.disable(stopped));
  await installation.store.read(async (reader) => {
    const owner = await reader.users.ownerOf(world.account.id);
    assert.ok(owner);
    for (const person of [owner, ann, ben]) {
      const told: string[] = [];
      for (const candidate of [owner, ann, ben, gone, stopped, ...robots]) {
        const current = await reader.users.find(world.account.id, candidate.id);
        assert.ok(current);
        const recipients = await reminderRecipients(reader, current);
        if (recipients.some(({ id }) => id === person.id)) told.push(candidate.id);
      }
      const asked = [...(await remindedOwners(reader, person))];
      assert.deepEqual(asked.toSorted(), told.toSorted());
    }
  });
});

test("a contact's banner names the service account's keys within the period, with their owner (R3, U6)", async () => {
  const scene = await openScene(installation);
  const rita = await scene.person('rita');
  const world = await openReminderWorld(installation, START);
  const robot = await world.person({ accountId: scene.account.id, isServiceAccount: true, contacts: [rita.id] });
  const wanted = { owner: robot, createdAt: scene.now };
  await world.keys([
    { ...wanted, lifespanDays: 20 },
    { ...wanted, lifespanDays: 90 },
  ]);
  for (const name of Object.keys(PEOPLE) as readonly (keyof typeof PEOPLE)[]) {
    const me = await scene.answered(describeMe(scene.deps, await scene.as(name)));
    const owners = me.expiring.map(({ key }) => key.ownerId);
    assert.deepEqual(owners, name === 'rita' ? [robot.id] : []);
  }
});
