import { plusMs } from '@claviger/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Key, User } from '../entities.ts';
import type { Change } from '../store.ts';
import { walkChain } from './chain-reading.ts';
import { type DatabaseOpener, type Fixture, withFixture } from './database.ts';
import { GENESIS, readSnapshot, readTail, recordsOf, stateAfter } from './feed-reading.ts';
import { contextOf, newInternalKey, newKey, newPolicy, newUser, NOW } from './installation.ts';

const SEED = 1_123;
const RUNS = 12;

/** A step of a random history: what to do, to which of the things there are, and whether it is refused in the end. */
type Step = { readonly act: Act; readonly pick: number; readonly fate: 'commit' | 'refuse' | 'throw' };

const KEY_ACTS = [
  'edit-key',
  'disable-key',
  'enable-key',
  'rotate-key',
  'finish-rotation',
  'force-expire-key',
  'delete-key',
  'reassign-key',
] as const;
type KeyAct = (typeof KEY_ACTS)[number];

const ACTS = [
  ...KEY_ACTS,
  'create-user',
  'delete-user',
  'change-type',
  'disable-user',
  'enable-user',
  'create-key',
  'create-key',
  'create-policy',
  'edit-policy',
  'attach',
  'attach',
  'detach',
  'delete-policy',
  'internal-key',
  'reminder',
  'record',
] as const;
type Act = (typeof ACTS)[number];

const step: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom(...ACTS),
  pick: fc.nat(1_000),
  fate: fc.constantFrom('commit', 'commit', 'commit', 'commit', 'refuse', 'throw'),
});

/** Does one act to things picked from what is there, inside a change. */
async function perform(fixture: Fixture, change: Change, { act, pick }: Step): Promise<void> {
  const { on, account } = fixture;
  const page = { cursor: null, limit: 100 };
  const users = (await change.read.users.list(account.id, null, page)).items;
  const user = users[pick % users.length] ?? fixture.owner;
  const policies = (await change.read.policies.list(account.id, null, page)).items;
  const policy = policies[pick % Math.max(policies.length, 1)];
  const filter = { accountId: account.id, ownerIds: null, now: NOW, reminderDays: 30 };
  const keys = (await change.read.keys.list(filter, page)).items;
  const key = keys[pick % Math.max(keys.length, 1)];
  switch (act) {
    case 'create-user':
      await change.users.create(newUser(on, account.id), null);
      return;
    case 'delete-user':
      if (user.userType === 'owner') return;
      for (const own of keys.filter(({ ownerId }) => ownerId === user.id)) await change.keys.delete(own);
      await change.users.delete(user);
      return;
    case 'change-type':
      if (user.userType !== 'owner')
        await change.users.changeType(user, pick % 2 === 0 ? 'administrator' : 'restricted');
      return;
    case 'disable-user':
      await change.users.disable(user);
      return;
    case 'enable-user':
      await change.users.enable(user);
      return;
    case 'create-key':
      await change.keys.create(newKey(on, user, { createdByKeyId: key?.id ?? null, kind: 'write_only' }));
      return;
    case 'create-policy':
      await change.policies.create(newPolicy(on, account.id));
      return;
    case 'edit-policy':
      if (policy !== undefined) await change.policies.edit(policy, { permissions: [] });
      return;
    case 'attach':
      if (policy !== undefined) await change.policies.attach(policy, user);
      return;
    case 'detach':
      if (policy !== undefined) await change.policies.detach(policy, user);
      return;
    case 'delete-policy':
      if (policy !== undefined) await change.policies.delete(policy);
      return;
    case 'internal-key': {
      const internal = newInternalKey(on);
      await change.internalKeys.create(internal.key, internal.secret);
      await change.internalKeys.bind(internal.key.id, account.id);
      if (pick % 2 === 0) await change.internalKeys.end(internal.key.id);
      return;
    }
    case 'reminder':
      await change.accounts.changeReminders(account, { reminderDays: 1 + (pick % 90), reminderSteps: [7, 1, 0] });
      return;
    case 'record':
      change.record({
        name: 'a.b',
        affectedUserId: null,
        resourceId: null,
        keyKind: null,
        changes: [],
        result: 'refused',
      });
      return;
    case 'edit-key':
    case 'disable-key':
    case 'enable-key':
    case 'rotate-key':
    case 'finish-rotation':
    case 'force-expire-key':
    case 'delete-key':
    case 'reassign-key':
      if (key !== undefined) await performOnKey(fixture, change, { act, key, user });
  }
}

async function performOnKey(
  { on }: Fixture,
  change: Change,
  { act, key, user }: { readonly act: KeyAct; readonly key: Key; readonly user: User },
): Promise<void> {
  switch (act) {
    case 'edit-key':
      await change.keys.edit(key, { permissions: [], allowedIps: ['10.0.0.1'] });
      return;
    case 'disable-key':
      await change.keys.disable(key, 'request');
      return;
    case 'enable-key':
      await change.keys.enable(key);
      return;
    case 'rotate-key': {
      const secret = on.secretFor(key);
      const previousEndsAt = plusMs(change.now, 60_000);
      await change.keys.rotate(key, { secret, hint: 'rotated', expiresAt: null, previousEndsAt, isEnabling: false });
      return;
    }
    case 'finish-rotation':
      await change.keys.finishRotation(key);
      return;
    case 'force-expire-key':
      await change.keys.forceExpire(key, { at: change.now, by: 'system', reason: 'other', note: null });
      return;
    case 'delete-key':
      await change.keys.delete(key);
      return;
    case 'reassign-key':
      await change.keys.reassign(key, { ownerId: user.id, permissions: [], isDisabling: true, seal: on.seal });
  }
}

/** Performs a history; steps that are refused or thrown must leave no trace. */
async function performAll(fixture: Fixture, steps: readonly Step[]): Promise<void> {
  for (const [index, one] of steps.entries()) {
    const now = plusMs(NOW, index * 1_000);
    const run = fixture.store.change(contextOf(fixture.account.id, { now, storable: now }), async (change) => {
      await perform(fixture, change, one);
      if (one.fate === 'throw') throw new Error('thrown on purpose');
      return one.fate === 'refuse' ? { ok: false, refusal: 'no' } : { ok: true, value: null };
    });
    if (one.fate === 'throw') await expect(run).rejects.toThrow('thrown on purpose');
    else await run;
  }
}

/** Laws that hold for every history. */
export function propertyContract(opener: DatabaseOpener): void {
  describe('any history', () => {
    test(`a snapshot plus the tail after it is the full state, and the chain holds (D3, A4; seed ${SEED})`, () =>
      fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.array(step, { maxLength: 12 }), (early, late) =>
          withFixture(opener, async (fixture) => {
            await performAll(fixture, early);
            const middle = await readSnapshot(fixture.store);
            await performAll(fixture, late);
            const whole = stateAfter((await readSnapshot(fixture.store)).records);
            const resumed = recordsOf(await readTail(fixture.store, middle.position));
            expect(stateAfter(resumed, stateAfter(middle.records))).toEqual(whole);
            expect(stateAfter(recordsOf(await readTail(fixture.store, GENESIS)))).toEqual(whole);
            await walkChain(fixture.database);
          }),
        ),
        { seed: SEED, numRuns: RUNS },
      ));
  });
}
