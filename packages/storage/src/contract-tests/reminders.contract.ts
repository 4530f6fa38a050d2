import { DAY_MS, instant, type Instant, type MailId, newMailId, plusMs } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import type { Key, User } from '../entities.ts';
import { changed, createKey, createUser, type DatabaseOpener, type Fixture, withFixture } from './database.ts';
import { contextOf, inDays, newAccount, newUser, NOW } from './installation.ts';

/** Reminders: what is due is found by an index, and what was intended is kept once (R4). */
export function reminderContract(opener: DatabaseOpener): void {
  describe('reminders', () => {
    test('keys are due at or below the span of their next step, and not a millisecond before (R2, R4)', () =>
      withFixture(opener, async (fixture) => {
        const key = await createKey(fixture, { expiresAt: inDays(90) });
        await createKey(fixture, { expiresAt: null });
        for (const [step, span] of [
          [30, 30 * DAY_MS],
          [7, 7 * DAY_MS],
          [1, DAY_MS],
          [0, DAY_MS / 2],
        ] as const) {
          const due = instant(inDays(90) - span);
          expect(await dueIds(fixture, instant(due - 1))).toEqual([]);
          expect(await dueIds(fixture, due)).toEqual([key.id]);
          await intend(fixture, { recipient: fixture.owner, keys: [key], stepDays: step, at: due });
          expect(await dueIds(fixture, due)).toEqual([]);
        }
        expect(await dueIds(fixture, instant(inDays(90) - 1))).toEqual([]);
      }));

    test('nothing is due of keys that have expired, were ended, or belong to somebody disabled (R7, U5)', () =>
      withFixture(opener, async (fixture) => {
        const user = await createUser(fixture);
        const key = await createKey(fixture, { expiresAt: inDays(1) });
        const ofUser = await createKey(fixture, { ownerId: user.id, expiresAt: inDays(1) });
        expect((await dueIds(fixture, NOW)).toSorted()).toEqual([key.id, ofUser.id].toSorted());
        expect(await dueIds(fixture, inDays(1))).toEqual([]);
        await changed(fixture.store, contextOf(fixture.account.id), async (change) => {
          await change.keys.forceExpire(key, { at: NOW, by: fixture.owner.id, reason: 'other', note: null });
          await change.users.disable(user);
        });
        expect(await dueIds(fixture, NOW)).toEqual([]);
        expect(await fixture.store.read((reader) => reader.reminders.dueAccounts(NOW))).toEqual([]);
        const disabled = await fixture.store.read((reader) => reader.users.find(fixture.account.id, user.id));
        if (disabled === null) throw new Error('the user is gone');
        await changed(fixture.store, contextOf(fixture.account.id), (change) => change.users.enable(disabled));
        expect(await dueIds(fixture, NOW)).toEqual([ofUser.id]);
      }));

    test('a rotation is a new expiry: whatever was told of the old one, the new one is told anew (R4)', () =>
      withFixture(opener, async (fixture) => {
        const key = await createKey(fixture, { expiresAt: inDays(5) });
        await intend(fixture, { recipient: fixture.owner, keys: [key], stepDays: 7, at: NOW });
        expect(await dueIds(fixture, NOW)).toEqual([]);
        const secret = fixture.on.secretFor(key);
        const rotation = { secret, hint: key.hint, expiresAt: inDays(6), previousEndsAt: NOW, isEnabling: false };
        const mailId = await lastMail(fixture);
        await changed(fixture.store, contextOf(fixture.account.id), (change) => change.keys.rotate(key, rotation));
        expect(await fixture.store.read((reader) => reader.reminders.due(fixture.account, NOW, 9))).toMatchObject([
          { key: { id: key.id }, remindedStepDays: null },
        ]);
        // What the old mail was to tell is true no more.
        expect(await fixture.store.read((reader) => reader.reminders.ofMail(fixture.account.id, mailId))).toEqual([]);
      }));

    test('an edit of a key forgets nothing that was told (R4)', () =>
      withFixture(opener, async (fixture) => {
        const key = await createKey(fixture, { expiresAt: inDays(5) });
        await intend(fixture, { recipient: fixture.owner, keys: [key], stepDays: 7, at: NOW });
        await changed(fixture.store, contextOf(fixture.account.id), (change) =>
          change.keys.edit(key, { name: 'renamed' }),
        );
        expect(await dueIds(fixture, NOW)).toEqual([]);
      }));

    test('other settings are other steps; whoever was told of one is not told of an earlier one (R1, R4)', () =>
      withFixture(opener, async (fixture) => {
        const { account } = fixture;
        const key = await createKey(fixture, { expiresAt: inDays(40) });
        expect(await dueIds(fixture, NOW)).toEqual([]);
        await settings(fixture, { reminderDays: 60, reminderSteps: [45, 7] });
        expect(await dueIds(fixture, NOW, { ...account, reminderDays: 60, reminderSteps: [45, 7] })).toEqual([key.id]);
        expect(await fixture.store.read((reader) => reader.reminders.dueAccounts(NOW))).toEqual([account.id]);
        await intend(fixture, { recipient: fixture.owner, keys: [key], stepDays: 45, at: NOW });
        expect(await dueIds(fixture, NOW, { ...account, reminderDays: 90, reminderSteps: [50] })).toEqual([]);
        expect(await dueIds(fixture, NOW, { ...account, reminderDays: 44, reminderSteps: [] })).toEqual([key.id]);
      }));

    test('accounts are asked by their own settings, and see nothing of each other (T1)', () =>
      withFixture(opener, async (fixture) => {
        const { on, store, account } = fixture;
        const other = newAccount(on, { reminderDays: 3, reminderSteps: [] });
        const owner = newUser(on, other.id, { userType: 'owner' });
        await changed(store, contextOf(null), async (change) => {
          await change.accounts.create(other);
          await change.users.create(owner, null);
        });
        const key = await createKey(fixture, { expiresAt: inDays(10) });
        await createKey({ ...fixture, account: other, owner }, { expiresAt: inDays(10) });
        expect(await store.read((reader) => reader.reminders.dueAccounts(NOW))).toEqual([account.id]);
        const both = await store.read((reader) => reader.reminders.dueAccounts(inDays(7)));
        expect(both.toSorted()).toEqual([account.id, other.id].toSorted());
        expect(await dueIds(fixture, NOW)).toEqual([key.id]);
      }));

    test('an intent is kept once: a second one for the same key, step, recipient and expiry fails (R4)', () =>
      withFixture(opener, async (fixture) => {
        const key = await createKey(fixture, { expiresAt: inDays(5) });
        const intents = { recipient: fixture.owner, keys: [key], stepDays: 7, at: NOW };
        await intend(fixture, intents);
        const { n } = await fixture.store.head();
        await expect(intend(fixture, intents)).rejects.toThrow();
        expect((await fixture.store.head()).n).toBe(n);
        const told = await fixture.store.read((reader) => reader.reminders.remindedSteps(fixture.owner.id, [key.id]));
        expect([...told]).toEqual([[key.id, 7]]);
      }));

    test('a mail tells of a key only until a later step is intended for the same recipient (R5)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account, owner } = fixture;
        const key = await createKey(fixture, { expiresAt: inDays(5) });
        const first = await intend(fixture, { recipient: owner, keys: [key], stepDays: 7, at: NOW });
        const keysOf = (mailId: MailId) => store.read((reader) => reader.reminders.ofMail(account.id, mailId));
        expect(await keysOf(first)).toMatchObject([{ key: { id: key.id }, stepDays: 7, recipientId: owner.id }]);
        const other = await createUser(fixture);
        await intend(fixture, { recipient: other, keys: [key], stepDays: 1, at: inDays(4) });
        expect(await keysOf(first)).toHaveLength(1);
        const second = await intend(fixture, { recipient: owner, keys: [key], stepDays: 1, at: inDays(4) });
        expect(await keysOf(first)).toEqual([]);
        expect(await keysOf(second)).toHaveLength(1);
      }));

    test('a mail is joined while nobody tried to send it, and then leaves at the earlier time (R6)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account, owner, database } = fixture;
        const mailId = newMailId(fixture.on.randomBytes);
        const recipient = owner.email ?? '';
        await changed(store, contextOf(account.id), (change) =>
          change.outbox.add({
            id: mailId,
            accountId: account.id,
            recipient,
            template: 'keys_expiring',
            facts: {},
            createdAt: NOW,
            dueAt: plusMs(NOW, 50),
          }),
        );
        const join = async (ms: number, to = recipient) =>
          (
            await changed(store, contextOf(account.id), async (change) => {
              change.record({ ...CHECKED });
              return change.reminders.joinMail({ id: mailId, recipient: to, leavesAt: plusMs(NOW, ms) });
            })
          ).value;
        expect(await join(70)).toEqual({ kind: 'joined', leavesAt: NOW + 50 });
        expect(await join(20)).toEqual({ kind: 'joined', leavesAt: NOW + 20 });
        expect(await join(70)).toEqual({ kind: 'joined', leavesAt: NOW + 20 });
        expect(await join(20, 'former@example.com')).toEqual({ kind: 'on-its-way' });
        await database.execute("update outbox set lease_id = 'somebody'");
        expect(await join(20)).toEqual({ kind: 'on-its-way' });
        await database.execute('update outbox set lease_id = null, attempts = 1');
        expect(await join(20)).toEqual({ kind: 'on-its-way' });
        // Dropped: nobody will ever look at it again.
        await database.execute('update outbox set attempts = 0, dropped_at = 5');
        expect(await join(20)).toEqual({ kind: 'on-its-way' });
        await database.execute('update outbox set dropped_at = null');
        expect(await join(20)).toEqual({ kind: 'joined', leavesAt: NOW + 20 });
      }));

    test('what was intended for expiries long past is forgotten, and nothing else (R4)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account, owner } = fixture;
        const key = await createKey(fixture, { expiresAt: inDays(5) });
        await intend(fixture, { recipient: owner, keys: [key], stepDays: 7, at: NOW });
        const forget = async (before: Instant) =>
          (await changed(store, contextOf(account.id), (change) => change.reminders.forget(before))).value;
        expect(await forget(inDays(5))).toBe(0);
        expect(await forget(plusMs(inDays(5), 1))).toBe(1);
        expect(await store.read((reader) => reader.reminders.lastMailTo(owner.id, null))).toBeNull();
      }));
  });
}

/** An event of no importance: a change that records none and writes nothing is not kept. */
const CHECKED = {
  name: 'test.looked_at',
  affectedUserId: null,
  resourceId: null,
  keyKind: null,
  changes: [],
  result: 'success',
} as const;

async function dueIds(fixture: Fixture, now: Instant, account = fixture.account): Promise<readonly Key['id'][]> {
  const due = await fixture.store.read((reader) => reader.reminders.due(account, now, 100));
  return due.map(({ key }) => key.id);
}

async function intend(
  { on, store, account }: Fixture,
  intents: {
    readonly recipient: User;
    readonly keys: readonly Key[];
    readonly stepDays: number;
    readonly at: Instant;
  },
): Promise<MailId> {
  const { recipient, keys, stepDays, at } = intents;
  const mailId = newMailId(on.randomBytes);
  await changed(store, contextOf(account.id), async (change) => {
    await change.reminders.intend({
      mailId,
      accountId: account.id,
      recipientId: recipient.id,
      intendedAt: at,
      leavesAt: at,
      keys: keys.map((key) => ({ key, stepDays })),
    });
    await change.reminders.keepStep(keys, stepDays);
  });
  return mailId;
}

async function lastMail({ store, owner }: Fixture): Promise<MailId> {
  const last = await store.read((reader) => reader.reminders.lastMailTo(owner.id, null));
  if (last === null) throw new Error('no mail was ever queued');
  return last.mailId;
}

async function settings(
  { store, account }: Fixture,
  to: { readonly reminderDays: number; readonly reminderSteps: readonly number[] },
): Promise<void> {
  await changed(store, contextOf(account.id), (change) => change.accounts.changeReminders(account, to));
}
