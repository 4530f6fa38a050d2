import { DAY_MS, MINUTE_MS, newMailId, plusMs, type Instant } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import type { LeasedMail, NewMail } from '../entities.ts';
import { changed, type DatabaseOpener, type Fixture, withFixture } from './database.ts';
import { contextOf, newAccount, NOW } from './installation.ts';
import { allPages } from './paging.ts';

const LEASE_MS = 10 * MINUTE_MS;

/** Mails on their way. */
export function outboxContract(opener: DatabaseOpener): void {
  describe('the outbox', () => {
    leaseTests(opener);
    reopenTests(opener);
    settleTests(opener);
    listTests(opener);
  });
}

function leaseTests(opener: DatabaseOpener): void {
  test('a mail that is due is had by one sender only, until it is settled (R4)', () =>
    withFixture(opener, async (fixture) => {
      const mail = await queue(fixture);
      const [leased] = await lease(fixture, 'first');
      expect(leased).toEqual({ ...mail, leaseId: 'first', attempts: 0, firstRefusedAt: null });
      expect(await lease(fixture, 'second')).toEqual([]);
      expect(await settle(fixture, leased, { kind: 'delivered', at: NOW, answer: '250 OK' })).toBe('settled');
      expect(await lease(fixture, 'second', plusMs(NOW, DAY_MS))).toEqual([]);
    }));

  test('senders that ask at the same time never get the same mail (R4)', () =>
    withFixture(opener, async (fixture) => {
      for (let count = 0; count < 40; count += 1) await queue(fixture);
      const asked = Array.from({ length: 8 }, (_, sender) => lease(fixture, `sender-${sender}`, NOW, 5));
      const ids = (await Promise.all(asked)).flat().map((mail) => mail.id);
      expect(new Set(ids).size).toBe(ids.length);
      const rest = await lease(fixture, 'late', NOW, 100);
      expect(new Set([...ids, ...rest.map((mail) => mail.id)]).size).toBe(40);
    }));

  test('nothing is had before it is due; those that wait longest come first (R6)', () =>
    withFixture(opener, async (fixture) => {
      const late = await queue(fixture, { dueAt: plusMs(NOW, 2) });
      const early = await queue(fixture, { dueAt: plusMs(NOW, 1) });
      expect(await lease(fixture, 'a', NOW)).toEqual([]);
      expect((await lease(fixture, 'a', plusMs(NOW, 2))).map((mail) => mail.id)).toEqual([early.id, late.id]);
    }));

  test('the mail of a sender that died is taken over when its lease is over, and the dead cannot settle it (R4)', () =>
    withFixture(opener, async (fixture) => {
      await queue(fixture);
      const [dead] = await lease(fixture, 'dead');
      expect(await lease(fixture, 'heir', plusMs(NOW, LEASE_MS - 1))).toEqual([]);
      const [heir] = await lease(fixture, 'heir', plusMs(NOW, LEASE_MS));
      expect(heir?.id).toBe(dead?.id);
      expect(await settle(fixture, dead, { kind: 'delivered', at: NOW, answer: '' })).toBe('lease-lost');
      expect(await giveUp(fixture, dead)).toMatchObject({ value: 'lease-lost', version: null });
      expect(await settle(fixture, heir, { kind: 'returned' })).toBe('settled');
    }));
}

/** SQLite has one process: what another one held before is free at once. On PostgreSQL it may still be alive. */
function reopenTests(opener: DatabaseOpener): void {
  test('a store that is opened anew frees what a dead process held only where nobody else can be alive (R4)', () =>
    withFixture(opener, async (fixture) => {
      const { on, database, store } = fixture;
      await queue(fixture);
      expect(await lease(fixture, 'dead')).toHaveLength(1);
      await store.close();
      const again = await database.open(on.deps);
      try {
        const isFreed = again.engine === 'sqlite';
        expect(await lease({ ...fixture, store: again }, 'heir')).toHaveLength(isFreed ? 1 : 0);
      } finally {
        await again.close();
      }
    }));
}

function settleTests(opener: DatabaseOpener): void {
  test('a mail that was postponed comes again when its time has come, with what is known of it (R7)', () =>
    withFixture(opener, async (fixture) => {
      await queue(fixture);
      const again = { kind: 'postponed', answer: '451 later', isRefused: true } as const;
      const first = await lease(fixture, 'a');
      await settle(fixture, first[0], { ...again, at: NOW, dueAt: plusMs(NOW, 100) });
      expect(await lease(fixture, 'b', plusMs(NOW, 99))).toEqual([]);
      const [second] = await lease(fixture, 'b', plusMs(NOW, 100));
      expect(second).toMatchObject({ attempts: 1, firstRefusedAt: NOW });
      await settle(fixture, second, { ...again, at: plusMs(NOW, 100), dueAt: plusMs(NOW, 200) });
      expect(await lease(fixture, 'c', plusMs(NOW, 200))).toMatchObject([{ attempts: 2, firstRefusedAt: NOW }]);
    }));

  test('waiting for a server does not count towards giving up; a mail that was not tried is as it was (R7)', () =>
    withFixture(opener, async (fixture) => {
      await queue(fixture);
      const [first] = await lease(fixture, 'a');
      await settle(fixture, first, { kind: 'postponed', at: NOW, dueAt: NOW, answer: 'refused', isRefused: false });
      const [second] = await lease(fixture, 'b');
      await settle(fixture, second, { kind: 'returned' });
      expect(await lease(fixture, 'c')).toMatchObject([{ attempts: 1, firstRefusedAt: null }]);
    }));

  test('giving up is one event in the log of the account, without what the mail told (A1, R7)', () =>
    withFixture(opener, async (fixture) => {
      const mail = await queue(fixture, { facts: { name: 'a fact' } });
      const [leased] = await lease(fixture, 'a');
      expect((await giveUp(fixture, leased)).value).toBe('given-up');
      expect(await lease(fixture, 'b', plusMs(NOW, DAY_MS))).toEqual([]);
      const filter = { accountId: fixture.account.id, visibleTo: null, eventName: 'mail.failed' };
      const { items } = await fixture.store.read((reader) => reader.events.list(filter, { cursor: null, limit: 9 }));
      expect(items).toMatchObject([{ name: 'mail.failed', resourceId: mail.id, result: 'success' }]);
      expect(items[0]?.changes).toEqual([
        { attribute: 'recipient', old: null, new: mail.recipient },
        { attribute: 'template', old: null, new: 'invitation' },
        { attribute: 'answer', old: null, new: '550 no' },
      ]);
    }));

  test('what was settled is deleted when it is old, what waits never (R7)', () =>
    withFixture(opener, async (fixture) => {
      const kinds = [
        { kind: 'delivered', at: NOW, answer: '' },
        { kind: 'dropped', at: NOW },
      ] as const;
      for (const kind of kinds) {
        await queue(fixture);
        await settle(fixture, (await lease(fixture, 'a'))[0], kind);
      }
      await queue(fixture);
      await giveUp(fixture, (await lease(fixture, 'a'))[0]);
      await queue(fixture);
      expect(await fixture.store.outbox.deleteSettled(NOW)).toBe(0);
      expect(await fixture.store.outbox.deleteSettled(plusMs(NOW, 1))).toBe(3);
      expect(await lease(fixture, 'b')).toHaveLength(1);
    }));
}

function listTests(opener: DatabaseOpener): void {
  test('undelivered are mails given up, tried in vain or overdue, newest first, of one account only (R7, T1)', () =>
    withFixture(opener, async (fixture) => {
      const { on, store, account } = fixture;
      const overdue = await queue(fixture, { dueAt: NOW, createdAt: plusMs(NOW, 3) });
      const list = (accountId = account.id, since = plusMs(NOW, 1)) =>
        allPages((page) => store.read((reader) => reader.outbox.listUndelivered(accountId, since, page)), 1);
      expect(await list(account.id, NOW)).toEqual([]);
      await lease(fixture, 'keep');
      const givenUp = await queue(fixture, { createdAt: plusMs(NOW, 2) });
      await giveUp(fixture, (await lease(fixture, 'a'))[0]);
      const tried = await queue(fixture, { createdAt: plusMs(NOW, 1) });
      const dueAt = plusMs(NOW, 60_000);
      const postponed = { kind: 'postponed', at: NOW, dueAt, answer: '451 later', isRefused: true } as const;
      await settle(fixture, (await lease(fixture, 'a'))[0], postponed);
      await queue(fixture);
      await settle(fixture, (await lease(fixture, 'a'))[0], { kind: 'delivered', at: NOW, answer: '250' });
      const shown = { recipient: 'ann@example.com', template: 'invitation' };
      expect(await list()).toEqual([
        { ...shown, ...when(overdue), attempts: 0, lastAnswer: null, nextAttemptAt: NOW, failedAt: null },
        { ...shown, ...when(givenUp), attempts: 1, lastAnswer: '550 no', nextAttemptAt: null, failedAt: NOW },
        { ...shown, ...when(tried), attempts: 1, lastAnswer: '451 later', nextAttemptAt: dueAt, failedAt: null },
      ]);
      expect(await list(newAccount(on).id)).toEqual([]);
    }));

  test('whether a mail of a template was queued lately, and who the Owner is (R7, U1)', () =>
    withFixture(opener, async (fixture) => {
      const { on, store, account, owner } = fixture;
      await queue(fixture);
      await store.read(async ({ outbox, users }) => {
        expect(await outbox.hasQueued(account.id, 'invitation', NOW)).toBe(true);
        expect(await outbox.hasQueued(account.id, 'invitation', plusMs(NOW, 1))).toBe(false);
        expect(await outbox.hasQueued(account.id, 'mail_failed', NOW)).toBe(false);
        expect(await users.ownerOf(account.id)).toEqual(owner);
        expect(await users.ownerOf(newAccount(on).id)).toBeNull();
      });
    }));
}

function when({ id, createdAt }: NewMail): Pick<NewMail, 'id' | 'createdAt'> {
  return { id, createdAt };
}

async function queue({ on, store, account }: Fixture, rest: Partial<NewMail> = {}): Promise<NewMail> {
  const mail: NewMail = {
    id: newMailId(on.randomBytes),
    accountId: account.id,
    recipient: 'ann@example.com',
    template: 'invitation',
    facts: { name: 'Ann', resends: 0 },
    createdAt: NOW,
    dueAt: NOW,
    ...rest,
  };
  await changed(store, contextOf(account.id), (change) => change.outbox.add(mail));
  return mail;
}

async function lease({ store }: Fixture, leaseId: string, now: Instant = NOW, limit = 10) {
  return store.outbox.lease({ leaseId, now, until: plusMs(now, LEASE_MS), limit });
}

async function settle(
  { store }: Fixture,
  mail: LeasedMail | undefined,
  as: Parameters<Fixture['store']['outbox']['settle']>[1],
) {
  if (mail === undefined) throw new Error('no mail was leased');
  return store.outbox.settle(mail, as);
}

async function giveUp({ store, account }: Fixture, mail: LeasedMail | undefined) {
  if (mail === undefined) throw new Error('no mail was leased');
  return changed(store, contextOf(account.id), (change) => change.outbox.giveUp(mail, '550 no'));
}
