import { DAY_MS, MINUTE_MS } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterEach, expect, test } from 'vitest';
import { openInstallation } from '../commands/testing/installation.ts';
import { openScene } from '../commands/testing/scene.ts';
import { openReminderWorld } from '../jobs/testing/reminder-world.ts';
import { startMailServer } from './testing/mail-server.ts';
import { handClock, neverStop, queueMails, senderOf, smtpTo } from './testing/post-office.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 60 * MINUTE_MS;

let closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  closing = [];
});

/** An account whose reminders are queued and sent, by a real mail server; time passes when told to. */
async function open() {
  const installation = await openInstallation('reminder mails', openSqlite);
  closing.push(() => installation.close());
  const mailbox = await startMailServer();
  closing.push(() => mailbox.close());
  const [scene, clock] = [await openScene(installation), handClock()];
  const world = await openReminderWorld(installation, clock.now());
  const sender = senderOf(scene, clock, smtpTo(mailbox.port, clock));
  const pass = async (ms: number): Promise<number> => {
    clock.pass(ms);
    world.now = clock.now();
    await world.run();
    await sender.sendRound(neverStop());
    return mailbox.received.length;
  };
  return { scene, clock, world, mailbox, sender, pass };
}

test('the first mail leaves after ten seconds, what is made after it is gathered for an hour (R6)', async () => {
  const { world, mailbox, pass } = await open();
  const owner = await world.person();
  const create = () => world.keys([{ owner, createdAt: world.now, lifespanDays: 20 }]);
  await create();
  expect(await pass(0)).toBe(0);
  expect(await pass(9 * SECOND_MS)).toBe(0);
  expect(await pass(SECOND_MS)).toBe(1);
  await create();
  expect(await pass(MINUTE_MS)).toBe(1);
  await create();
  expect(await pass(58 * MINUTE_MS)).toBe(1);
  expect(await pass(MINUTE_MS)).toBe(2);
  expect(mailbox.received.map(({ text }) => /^Subject: (.*)$/im.exec(text)?.[1])).toEqual([
    expect.stringContaining('Your_key'),
    expect.stringContaining('2 keys of yours expire soon'),
  ]);
  // An hour of quiet later, the next one is a first one again.
  await pass(2 * HOUR_MS);
  await create();
  await pass(5 * SECOND_MS);
  expect(await pass(10 * SECOND_MS)).toBe(3);
});

test('keys that reach a step in the course of a day make two mails: the first, and the rest of the round (R6)', async () => {
  const { world, mailbox, pass } = await open();
  const owner = await world.person();
  for (let hour = 0; hour < 8; hour += 1) {
    await world.keys([{ owner, createdAt: world.now, lifespanDays: 90 }]);
    await pass(HOUR_MS);
  }
  await pass(60 * DAY_MS - 8 * HOUR_MS - MINUTE_MS);
  expect(mailbox.received).toHaveLength(0);
  for (let minute = 0; minute < 2 * 24 * 60; minute += 10) await pass(10 * MINUTE_MS);
  expect(mailbox.received).toHaveLength(2);
  expect(world.intents()).toHaveLength(8);
});

test('what waits while the clock has jumped ahead does not leave early; after being down, it leaves at once (E9, R5)', async () => {
  const { scene, clock, mailbox, sender } = await open();
  await queueMails(scene, clock, { dueAt: scene.now });
  const [later] = await queueMails(scene, clock, { dueAt: (clock.now() + HOUR_MS) as typeof scene.now });
  clock.setAhead(DAY_MS, true);
  await sender.sendRound(neverStop());
  expect(mailbox.received).toHaveLength(1);
  clock.setAhead(DAY_MS, false);
  await sender.sendRound(neverStop());
  expect(mailbox.received[1]?.recipient).toBe(later?.recipient);
});
