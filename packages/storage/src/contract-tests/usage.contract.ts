import { type DecisionCode, HOUR_MS, instant, type KeyId, plusMs } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import type { HourlyUsage } from '../usage-store.ts';
import { createKey, type DatabaseOpener, type Fixture, withFixture } from './database.ts';
import { NOW } from './installation.ts';

const HOUR = instant(NOW - (NOW % HOUR_MS));
const next = plusMs(HOUR, HOUR_MS);

function used(keyId: KeyId, counts: Partial<Record<DecisionCode, number>>, hour = HOUR): HourlyUsage {
  return { keyId, hour, counts };
}

async function hoursOf({ store, account }: Fixture, keyId: KeyId, from = HOUR, to = plusMs(HOUR, 24 * HOUR_MS)) {
  return store.read((reader) => reader.usage.hours({ accountId: account.id, keyId, from, to }));
}

/** Counts of decisions: nothing is lost, nothing counted twice (D13). */
export function usageContract(opener: DatabaseOpener): void {
  describe('usage', () => {
    test('what is appended is read at once, and the same after it is folded (D13)', () =>
      withFixture(opener, async (fixture) => {
        const { store } = fixture;
        const [key, other] = [await createKey(fixture), await createKey(fixture)];
        await store.usage.append([used(key.id, { allowed: 3, expired: 1 }), used(other.id, { allowed: 9 })]);
        await store.usage.append([used(key.id, { allowed: 2, rate_limited: 4 }), used(key.id, { disabled: 1 }, next)]);
        await store.usage.append([]);
        const all = [
          { hour: HOUR, counts: { allowed: 5, expired: 1, rate_limited: 4 } },
          { hour: next, counts: { disabled: 1 } },
        ];
        expect(await hoursOf(fixture, key.id)).toEqual(all);
        expect([await store.usage.fold(), await store.usage.fold()]).toEqual([2, 0]);
        expect(await hoursOf(fixture, key.id)).toEqual(all);
        await store.usage.append([used(key.id, { allowed: 1 }, next)]);
        const more = [all[0], { hour: next, counts: { allowed: 1, disabled: 1 } }];
        expect(await hoursOf(fixture, key.id)).toEqual(more);
        await store.usage.fold();
        await store.usage.append([used(key.id, { allowed: 1, disabled: 2 }, next)]);
        while ((await store.usage.fold()) > 0);
        expect(await hoursOf(fixture, key.id)).toEqual([all[0], { hour: next, counts: { allowed: 2, disabled: 3 } }]);
        expect(await hoursOf(fixture, other.id)).toEqual([{ hour: HOUR, counts: { allowed: 9 } }]);
      }));

    test('only the hours that begin in the asked time are told, and those of another account never (T1)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const key = await createKey(fixture);
        const foreign = { ...fixture, account: { ...account, id: 'acc_AAAAAAAAAAAAAAAAAAAA' as typeof account.id } };
        const usage = [0, 1, 2].map((hours) => used(key.id, { allowed: hours + 1 }, plusMs(HOUR, hours * HOUR_MS)));
        await store.usage.append(usage);
        for (const folded of [0, 1]) {
          if (folded === 1) await store.usage.fold();
          expect(await hoursOf(fixture, key.id, next, plusMs(next, HOUR_MS))).toEqual([
            { hour: next, counts: { allowed: 2 } },
          ]);
          expect(await hoursOf(foreign, key.id)).toEqual([]);
        }
      }));

    test('counts of thousands of keys are folded in portions that miss none, and old hours go (D13)', () =>
      withFixture(opener, async (fixture) => {
        const { store } = fixture;
        const key = await createKey(fixture);
        const keys = Array.from({ length: 6_000 }, (_, index) => `key_${String(index).padStart(12, '0')}` as KeyId);
        await store.usage.append([...keys.map((id) => used(id, { allowed: 1 })), used(key.id, { allowed: 7 }, next)]);
        let folded = 0;
        for (let some = await store.usage.fold(); some > 0; some = await store.usage.fold()) folded += some;
        expect(folded).toBe(2);
        expect(await hoursOf(fixture, key.id)).toEqual([{ hour: next, counts: { allowed: 7 } }]);
        let deleted = 0;
        for (let some = 1; some > 0; deleted += some) some = await store.usage.deleteBefore(next);
        expect(deleted).toBe(6_000);
        expect(await hoursOf(fixture, key.id)).toHaveLength(1);
      }));
  });
}
