import assert from 'node:assert/strict';
import { DAY_MS, instant, type MailId, MINUTE_MS, plusMs } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { openInstallation, type ReadableInstallation } from '../commands/testing/installation.ts';
import { remindableKeys } from '../mail/remindable-keys.ts';
import { openReminderWorld, type ReminderWorld } from './testing/reminder-world.ts';

let installation: ReadableInstallation;
beforeAll(async () => {
  installation = await openInstallation('reminders', openSqlite);
});
afterAll(() => installation.close());

const START = instant(Date.UTC(2026, 10, 23, 12));
const HOUR_MS = 60 * MINUTE_MS;

/** What the mails of a world would tell now: for each mail its keys with their days left, mails without any left out. */
async function tellable(world: ReminderWorld): Promise<readonly (readonly (readonly [string, number])[])[]> {
  const mails = world.mails().map((mail) => ({ id: mail.id as MailId, accountId: world.account.id }));
  const told = await installation.store.read(async (reader) => {
    const all = [];
    for (const mail of mails) all.push(await remindableKeys(reader, mail, world.now));
    return all;
  });
  return told
    .filter((keys) => keys.length > 0)
    .map((keys) => keys.map(({ key, remainingMs }) => [key.id, remainingMs / DAY_MS] as const));
}

test('the owner is told once when the remaining time first is at the period, and not a millisecond before (R2)', async () => {
  const world = await openReminderWorld(installation, START);
  const owner = await world.person();
  const [key] = await world.keys([{ owner, createdAt: START, lifespanDays: 90 }]);
  assert.ok(key);
  world.pass(60 * DAY_MS - 1);
  await world.run();
  assert.deepEqual(world.intents(), []);
  world.pass(1);
  await world.run();
  await world.run();
  assert.deepEqual(await tellable(world), [[[key.id, 30]]]);
  const [mail] = world.mails();
  assert.deepEqual([mail?.recipient, (mail?.due_at ?? 0) - world.now], [owner.email, 10_000]);
});

test('a key that lives shorter than the period is told of when it is made; those made meanwhile join the mail (R2, R6)', async () => {
  const world = await openReminderWorld(installation, START);
  const owner = await world.person();
  await world.keys([{ owner, createdAt: world.now, lifespanDays: 20 }]);
  await world.run();
  world.pass(5_000);
  await world.keys([{ owner, createdAt: world.now, lifespanDays: 5 }]);
  await world.run();
  assert.equal(world.mails().length, 1);
  assert.equal(world.mails()[0]?.due_at, START + 10_000);
  assert.deepEqual(
    world.intents().map((intent) => intent.step_days),
    [30, 7],
  );
});

test('one event for each mail tells of its keys, by the part of the system that did it (A1, R4)', async () => {
  const world = await openReminderWorld(installation, START);
  const owner = await world.person();
  const keys = await world.keys([1, 2, 3].map((days) => ({ owner, createdAt: START, lifespanDays: days })));
  const { n } = await installation.store.head();
  await world.run();
  const events = installation.eventsAfter(n);
  assert.deepEqual(
    events.map((event) => [event.event_name, event.affected_user_id, event.resource_id, event.actor]),
    [['reminder.queued', owner.id, world.mails()[0]?.id, JSON.stringify({ kind: 'system', id: 'reminders' })]],
  );
  for (const key of keys) assert.match(events[0]?.changes ?? '', new RegExp(key.id));
});

test('of a service account its contacts are told, else the Owner; nobody of somebody disabled (U5, U6)', async () => {
  const world = await openReminderWorld(installation, START);
  const [living, disabled] = [await world.person(), await world.person()];
  await world.change((change) => change.users.disable(disabled));
  const robots = [
    await world.person({ isServiceAccount: true, contacts: [living.id, disabled.id] }),
    await world.person({ isServiceAccount: true, contacts: [disabled.id] }),
    await world.person({ isServiceAccount: true }),
  ];
  const owners = [...robots, disabled];
  await world.keys(owners.map((owner) => ({ owner, createdAt: START, lifespanDays: 3 })));
  await world.run();
  const owner = await installation.store.read((reader) => reader.users.ownerOf(world.account.id));
  assert.ok(owner);
  const recipients = world.intents().map((intent) => intent.recipient_id);
  assert.deepEqual(recipients.toSorted(), [living.id, owner.id, owner.id].toSorted());
  // Enabled again, they are told what is due by then: of their own key, and of those whose contact they are.
  world.pass(2 * DAY_MS);
  await world.change((change) => change.users.enable({ ...disabled, disabledAt: START }));
  await world.run();
  const last = world.intents().filter((intent) => intent.recipient_id === disabled.id);
  assert.deepEqual(
    last.map((intent) => intent.step_days),
    [1, 1, 1],
  );
});

test('after an outage only the latest step that is due is told, with the time that is truly left (R5)', async () => {
  for (const [outage, step, left] of [
    [6 * HOUR_MS, 30, 29.75],
    [24 * DAY_MS, 7, 6],
    [29.5 * DAY_MS, 0, 0.5],
    [30 * DAY_MS, null, null],
  ] as const) {
    const world = await openReminderWorld(installation, START);
    const owner = await world.person();
    const [key] = await world.keys([{ owner, createdAt: START, lifespanDays: 90 }]);
    world.pass(60 * DAY_MS + outage);
    await world.run();
    assert.deepEqual(
      world.intents().map((intent) => intent.step_days),
      step === null ? [] : [step],
    );
    assert.deepEqual(await tellable(world), left === null ? [] : [[[key?.id, left]]]);
  }
});

test('a mail that could not leave tells nothing that a later one tells, and nothing of keys that are gone (R5, R7)', async () => {
  const world = await openReminderWorld(installation, START);
  const [owner, heir] = [await world.person(), await world.person()];
  const wanted = Array.from({ length: 4 }, () => ({ owner, createdAt: START, lifespanDays: 6 }));
  const [kept, ended, deleted, later] = await world.keys(wanted);
  assert.ok(kept && ended && deleted && later && heir);
  await world.run();
  assert.equal((await tellable(world))[0]?.length, 4);
  await world.change(async (change) => {
    await change.keys.forceExpire(ended, { at: world.now, by: owner.id, reason: 'other', note: null });
    await change.keys.delete(deleted);
  });
  assert.deepEqual(
    (await tellable(world))
      .flat()
      .map(([id]) => id)
      .toSorted(),
    [kept.id, later.id].toSorted(),
  );
  world.pass(5 * DAY_MS + HOUR_MS);
  await world.run();
  // However many mails carry them, each key is told of in one.
  const told = (await tellable(world)).flat();
  assert.deepEqual(told.map(([id]) => id).toSorted(), [kept.id, later.id].toSorted());
  assert.ok(told.every(([, left]) => left === (DAY_MS - HOUR_MS) / DAY_MS));
  world.pass(DAY_MS - HOUR_MS - 1);
  assert.equal((await tellable(world)).flat().length, 2);
  world.pass(1);
  assert.deepEqual(await tellable(world), []);
});

test('a clock that has just jumped ahead queues nothing; a clock that goes back repeats nothing (E9, R4)', async () => {
  const world = await openReminderWorld(installation, START);
  const owner = await world.person();
  await world.keys([{ owner, createdAt: START, lifespanDays: 40 }]);
  world.pass(35 * DAY_MS);
  world.isJumping = true;
  await world.run();
  assert.deepEqual(world.intents(), []);
  world.isJumping = false;
  await world.run();
  world.pass(-4 * DAY_MS);
  await world.run();
  world.pass(4 * DAY_MS);
  await world.run();
  assert.deepEqual(
    world.intents().map((intent) => intent.step_days),
    [7],
  );
});

test('a longer period makes keys due at once; a key is told once of each step, however the settings change (R1, R4)', async () => {
  const world = await openReminderWorld(installation, START);
  const owner = await world.person();
  await world.keys([{ owner, createdAt: START, lifespanDays: 50 }]);
  await world.run();
  assert.deepEqual(world.intents(), []);
  const settings = [
    [60, [7]],
    [90, [7]],
    [30, [7]],
    [60, [7]],
  ] as const;
  for (const [reminderDays, reminderSteps] of settings) {
    await world.change((change) => change.accounts.changeReminders(world.account, { reminderDays, reminderSteps }));
    await world.run();
  }
  assert.deepEqual(
    world.intents().map((intent) => intent.step_days),
    [60],
  );
});

test('an expiry on 29 February, and one on a day with an hour more or less, are counted in days of 86,400 seconds (E1)', async () => {
  for (const expiry of [
    Date.UTC(2028, 1, 29, 1, 30),
    // 02:00 or 03:00 local time does not exist, or comes twice, in much of Europe and America on these days.
    Date.UTC(2027, 2, 28, 1),
    Date.UTC(2027, 9, 31, 1),
    Date.UTC(2027, 2, 14, 7),
    Date.UTC(2027, 10, 7, 6),
  ]) {
    const world = await openReminderWorld(installation, START);
    const owner = await world.person();
    const createdAt = instant(expiry - 40 * DAY_MS);
    await world.keys([{ owner, createdAt, lifespanDays: 40 }]);
    for (const left of [30 * DAY_MS, 7 * DAY_MS, DAY_MS, DAY_MS / 2]) {
      const before = world.intents().length;
      world.now = instant(expiry - left - 1);
      await world.run();
      assert.equal(world.intents().length, before);
      world.now = plusMs(world.now, 1);
      await world.run();
      assert.equal(world.intents().length, before + 1);
    }
  }
});
