import assert from 'node:assert/strict';
import { DAY_MS, instant, type Instant, MINUTE_MS } from '@claviger/core';
import { type Change, type Key, openSqlite, type User } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import type { CommandDeps } from '../commands/deps.ts';
import { openInstallation, type ReadableInstallation } from '../commands/testing/installation.ts';
import { expectedIntents, openReminderWorld, type ReminderWorld, written } from './testing/reminder-world.ts';

let installation: ReadableInstallation;
beforeAll(async () => {
  installation = await openInstallation('reminders of many', openSqlite);
});
afterAll(() => installation.close());

const START = instant(Date.UTC(2026, 10, 23, 12));
const HOUR_MS = 60 * MINUTE_MS;

/** Keys of some owners, of every lifespan from 1 to 120 days and some without end, made over three days. */
async function crowd(world: ReminderWorld, people: number, count: number): Promise<readonly Key[]> {
  const owners: User[] = [];
  for (let index = 0; index < people; index += 1) owners.push(await world.person());
  const wanted = Array.from({ length: count }, (_, index) => ({
    owner: owners[index % owners.length] as User,
    createdAt: instant(START - (index % 72) * HOUR_MS),
    lifespanDays: index % 50 === 0 ? null : 1 + ((index * 7) % 120),
  }));
  return world.keys(wanted);
}

/** Three schedulers that run at the same time. */
async function runThree(world: ReminderWorld): Promise<void> {
  await Promise.all([world.run(), world.run(), world.run()]);
}

test('10,000 keys, all steps, three schedulers, outages: one intent each, none missing, none doubled (R4, R5)', async () => {
  const world = await openReminderWorld(installation, START);
  const keys = await crowd(world, 40, 10_000);
  const looks: Instant[] = [];
  // Hours in which the schedulers look every six hours, and four outages: of 6 hours, of 3 days, of 10 days and of a month.
  for (const [outageMs, count] of [
    [0, 40],
    [6 * HOUR_MS, 40],
    [3 * DAY_MS, 40],
    [10 * DAY_MS, 60],
    [30 * DAY_MS, 80],
  ] as const) {
    world.pass(outageMs);
    for (let look = 0; look < count; look += 1) {
      await runThree(world);
      looks.push(world.now);
      world.pass(6 * HOUR_MS);
    }
  }
  const intents = world.intents();
  assert.deepEqual(written(intents), expectedIntents(keys, looks, world.account));
  assert.ok(intents.length > 20_000, `only ${intents.length} intents`);
  const mails = new Set(world.mails().map((mail) => mail.id));
  assert.deepEqual(new Set(intents.map((intent) => intent.mail_id)), mails);
}, 120_000);

test('a scheduler that dies anywhere leaves all of a turn or nothing, and the next one does the rest (R4)', async () => {
  let deaths = 0;
  for (let isDying = true; isDying; ) {
    const world = await openReminderWorld(installation, START);
    const keys = await crowd(world, 5, 24);
    const dying = dyingAt(deaths + 1);
    await world.run(dying.change).catch(() => undefined);
    isDying = dying.hasDied();
    const expected = expectedIntents(keys, [START], world.account);
    assert.ok([0, expected.length].includes(world.intents().length));
    assert.equal(world.mails().length === 0, world.intents().length === 0);
    await world.run();
    assert.deepEqual(written(world.intents()), expected);
    assert.equal(new Set(world.intents().map((intent) => intent.mail_id)).size, world.mails().length);
    if (isDying) deaths += 1;
  }
  assert.ok(deaths > 20, `it died at only ${deaths} places`);
}, 120_000);

/** `change` in which the n-th call of anything throws, as a process that is killed there does nothing more. */
function dyingAt(n: number): { readonly change: CommandDeps['change']; hasDied(): boolean } {
  let calls = 0;
  const mortal = (target: object): object =>
    new Proxy(target, {
      get: (of, name) => {
        const value: unknown = Reflect.get(of, name);
        if (typeof value === 'object' && value !== null) return mortal(value);
        if (typeof value !== 'function') return value;
        return (...given: readonly unknown[]): unknown => {
          calls += 1;
          if (calls === n) throw new Error('killed');
          return Reflect.apply(value, of, given);
        };
      },
    });
  return {
    change: (context, work) => installation.deps.change(context, (change) => work(mortal(change) as Change)),
    hasDied: () => calls >= n,
  };
}
