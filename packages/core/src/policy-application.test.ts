import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KeyId } from './ids.ts';
import { lifespan } from './lifespan.ts';
import { type ApplicableKey, type ApplicationTerms, isPolicyShorter, planApplication } from './policy-application.ts';
import { DAY_MS, formatUtcDay, instant, type Instant, utcDayOf } from './time.ts';

const AT = instant(Date.UTC(2026, 10, 23, 12));
const TERMS: ApplicationTerms = { at: AT, noticeDays: 30, maxSharePercent: 10 };
const inDays = (days: number): Instant => instant(AT + Math.round(days * DAY_MS));
const id = (serial: number): KeyId => `key_${String(serial).padStart(12, '0')}` as KeyId;

function key(serial: number, rest: Partial<ApplicableKey> = {}): ApplicableKey {
  return { id: id(serial), madeAt: inDays(-400), expiresAt: null, lifespan: lifespan(90), ...rest };
}

const ends = (keys: readonly ApplicableKey[], terms = TERMS): readonly (readonly [string, Instant])[] =>
  planApplication(keys, terms).planned.map(({ key: planned, expiresAt }) => [planned.id, expiresAt]);

const anyKeys: fc.Arbitrary<readonly ApplicableKey[]> = fc
  .array(
    fc.record({
      ageDays: fc.integer({ min: 0, max: 500 }),
      days: fc.option(fc.constantFrom(1, 7, 30, 90, 365)),
      // Few different ends, so that days fill up and windows get tight.
      endsIn: fc.option(fc.oneof(fc.integer({ min: 1, max: 45 }), fc.double({ min: 0.01, max: 500, noNaN: true }))),
    }),
    { maxLength: 120 },
  )
  .map((drawn) =>
    drawn.map(({ ageDays, days, endsIn }, serial) =>
      key(serial, {
        madeAt: inDays(-ageDays),
        lifespan: lifespan(days),
        expiresAt: endsIn === null ? null : inDays(endsIn),
      }),
    ),
  );
const anyTerms: fc.Arbitrary<ApplicationTerms> = fc.record({
  at: fc.constantFrom(AT, instant(Date.UTC(2028, 0, 30, 23, 59, 59, 999)), instant(Date.UTC(2027, 2, 27, 0))),
  noticeDays: fc.integer({ min: 1, max: 60 }),
  maxSharePercent: fc.integer({ min: 1, max: 100 }),
});

describe('laws of the plan (E6)', () => {
  test('no UTC day takes more than max(1 key, the share of the keys that are shortened) (E6)', () => {
    fc.assert(
      fc.property(anyKeys, anyTerms, (keys, terms) => {
        const { planned, mostPerDay } = planApplication(keys, terms);
        const share = Math.max(1, Math.floor((planned.length * terms.maxSharePercent) / 100));
        expect(mostPerDay).toBe(share);
        for (const [, ofDay] of Map.groupBy(planned, ({ expiresAt }) => utcDayOf(expiresAt))) {
          expect(ofDay.length).toBeLessThanOrEqual(share);
        }
      }),
    );
  });

  test('an end only ever moves earlier, and never before the notice or the lifespan is over (E4, E6)', () => {
    fc.assert(
      fc.property(anyKeys, anyTerms, (keys, terms) => {
        for (const { key: of, expiresAt } of planApplication(keys, terms).planned) {
          expect(expiresAt).toBeLessThan(of.expiresAt ?? Number.POSITIVE_INFINITY);
          expect(expiresAt).toBeGreaterThanOrEqual(terms.at + terms.noticeDays * DAY_MS);
          expect(expiresAt).toBeGreaterThanOrEqual(of.madeAt + (of.lifespan ?? 0) * DAY_MS);
          expect(of.lifespan).not.toBeNull();
        }
      }),
    );
  });

  test('every key that the policy ends earlier is planned once, or ends before its turn (E6)', () => {
    fc.assert(
      fc.property(anyKeys, anyTerms, (keys, terms) => {
        const { planned, endingBefore } = planApplication(keys, terms);
        const shorter = keys.filter((of) => isPolicyShorter(of, terms));
        expect(new Set(planned.map(({ key: of }) => of.id)).size).toBe(planned.length);
        expect(planned.every(({ key: of }) => shorter.includes(of))).toBe(true);
        expect(planned.length + endingBefore).toBe(shorter.length);
        // Who never expires can always wait.
        const never = shorter.filter((of) => of.expiresAt === null);
        expect(never.every((of) => planned.some((one) => one.key === of))).toBe(true);
      }),
    );
  });

  test('the same keys in another order give the same plan (E6)', () => {
    fc.assert(
      fc.property(anyKeys, anyTerms, fc.infiniteStream(fc.nat()), (keys, terms, draws) => {
        const shuffled = keys
          .map((of) => ({ of, draw: Number(draws.next().value) }))
          .toSorted((a, b) => a.draw - b.draw)
          .map(({ of }) => of);
        expect(ends(shuffled, terms)).toEqual(ends(keys, terms));
      }),
    );
  });

  test('applied once more on the same terms, there is nothing left to shorten but what ended before its turn (E6)', () => {
    fc.assert(
      fc.property(anyKeys, anyTerms, (keys, terms) => {
        const { planned } = planApplication(keys, terms);
        for (const { key: of, expiresAt } of planned) {
          const isMovedBySpreadOnly = isPolicyShorter({ ...of, expiresAt }, terms);
          const earliest = Math.max(of.madeAt + (of.lifespan ?? 0) * DAY_MS, terms.at + terms.noticeDays * DAY_MS);
          expect(isMovedBySpreadOnly).toBe(expiresAt > earliest);
        }
      }),
    );
  });
});

describe('ends (E6)', () => {
  test.each([
    ['an old key without an end gets the notice', key(1), 30],
    ['a young key lives its lifespan', key(1, { madeAt: inDays(-10) }), 80],
    ['a key that ends later is shortened', key(1, { expiresAt: inDays(31) }), 30],
    ['one millisecond later is later', key(1, { expiresAt: instant(inDays(30) + 1) }), 30],
    ['a key that ends at that very instant stays', key(1, { expiresAt: inDays(30) }), null],
    ['a key that ends before stays', key(1, { expiresAt: inDays(2) }), null],
    ['a policy of never shortens nothing', key(1, { lifespan: null }), null],
  ])('%s', (_title, of, days) => {
    expect(ends([of])).toEqual(days === null ? [] : [[of.id, inDays(days)]]);
  });

  test('twenty old keys take ten days, two a day, the oldest first (E6)', () => {
    const keys = Array.from({ length: 20 }, (_, serial) => key(serial, { madeAt: inDays(-500 + serial) }));
    expect(ends(keys)).toEqual(keys.map((of, serial) => [of.id, inDays(30 + Math.floor(serial / 2))]));
  });

  test('a share of less than one key is one key a day (E6)', () => {
    const keys = [key(1), key(2), key(3)];
    expect(ends(keys)).toEqual(keys.map((of, serial) => [of.id, inDays(30 + serial)]));
    expect(planApplication(keys, TERMS).mostPerDay).toBe(1);
  });

  test('who ends soonest goes first; who would have to wait for the own end keeps it (E6)', () => {
    const later = key(1, { expiresAt: inDays(31.5) });
    const sooner = key(2, { expiresAt: inDays(30.5) });
    const crowded = key(3, { expiresAt: inDays(30.6) });
    const plan = planApplication([later, sooner, crowded], TERMS);
    expect(plan.planned.map(({ key: of }) => of.id)).toEqual([sooner.id, later.id]);
    expect(plan.planned.map(({ expiresAt }) => expiresAt)).toEqual([inDays(30), inDays(31)]);
    expect(plan.endingBefore).toBe(1);
  });

  test('the share is one of the keys that are shortened, not of those that could not be (E6)', () => {
    // Forty keys have one day only; two have all the time.
    const tight = Array.from({ length: 40 }, (_, serial) => key(serial, { expiresAt: inDays(30.5) }));
    const plan = planApplication([...tight, key(40), key(41)], TERMS);
    expect([plan.mostPerDay, plan.planned.length, plan.endingBefore]).toEqual([1, 3, 39]);
  });

  test('a day is a UTC day of 86,400 s, also on 29 February and where clocks are put forward (E1, E6)', () => {
    const at = instant(Date.UTC(2028, 1, 27, 23, 30));
    const keys = [key(1), key(2), key(3), key(4)];
    const planned = ends(keys, { at, noticeDays: 1, maxSharePercent: 10 }).map(([, end]) => end);
    expect(planned.map((end) => formatUtcDay(utcDayOf(end)))).toEqual([
      '2028-02-28',
      '2028-02-29',
      '2028-03-01',
      '2028-03-02',
    ]);
    expect(planned).toEqual([28, 29, 30, 31].map((day) => Date.UTC(2028, 1, day, 23, 30)));
  });

  test('a hundred thousand keys of one instant spread over ten days in one go (E6)', () => {
    const keys = Array.from({ length: 100_000 }, (_, serial) => key(serial));
    const days = Map.groupBy(planApplication(keys, TERMS).planned, ({ expiresAt }) => utcDayOf(expiresAt));
    expect([...days.values()].map((ofDay) => ofDay.length)).toEqual(Array.from({ length: 10 }, () => 10_000));
  });
});
