import { earliestFirst } from './earliest-first.ts';
import type { KeyId } from './ids.ts';
import { expiryOf, type Lifespan } from './lifespan.ts';
import { DAY_MS, type Instant, plusMs, utcDayOf } from './time.ts';

/** As much of a living key as applying an expiration policy needs (E6). */
export type ApplicableKey = {
  readonly id: KeyId;
  /** When its present secret was made: at creation, or at the latest rotation (E4). */
  readonly madeAt: Instant;
  readonly expiresAt: Instant | null;
  /** The lifespan that the policy in force gives to its owner's keys of its kind (E2, E3). */
  readonly lifespan: Lifespan;
};

/** On which terms a policy is applied to existing keys (E6). */
export type ApplicationTerms = {
  /** The instant of the preview: notice counts from here, also when it is acted on later. */
  readonly at: Instant;
  readonly noticeDays: number;
  /** Percent of the shortened keys that one UTC day may take. */
  readonly maxSharePercent: number;
};

/** A key and the end it gets. */
export type PlannedExpiry<K extends ApplicableKey> = { readonly key: K; readonly expiresAt: Instant };

/** What applying a policy comes to. */
export type ApplicationPlan<K extends ApplicableKey> = {
  /** In the order of their new ends, then of their ids. */
  readonly planned: readonly PlannedExpiry<K>[];
  /** Keys that one UTC day takes at most: max(1, the share of those planned). */
  readonly mostPerDay: number;
  /** Keys left as they are since their own end comes before their turn would. */
  readonly endingBefore: number;
};

/**
 * Works out the new ends (E6): max(made + lifespan, now + notice), plus whole days so that no UTC day takes more than its
 * share. Day by day those keys go first that end soonest by themselves, then the oldest. Ends only move earlier: a key whose
 * turn would come at or after its present end keeps that. The same keys give the same plan, in whatever order they come.
 */
export function planApplication<K extends ApplicableKey>(
  keys: readonly K[],
  terms: ApplicationTerms,
): ApplicationPlan<K> {
  const waiting = inOrder(keys.flatMap((key) => candidateOf(key, terms)));
  // The share is one of the keys that are shortened in the end. Fewer of those may make the share smaller, and a smaller
  // share leaves more keys out: the largest share that holds is found from above.
  let mostPerDay = shareOf(waiting.length, terms);
  for (;;) {
    const planned = placeAll(waiting, mostPerDay);
    const share = shareOf(planned.length, terms);
    if (share >= mostPerDay) {
      return { planned: planned.toSorted(byEnd), mostPerDay: share, endingBefore: waiting.length - planned.length };
    }
    mostPerDay = share;
  }
}

/** Whether the policy would end a key earlier than it ends now, spread aside. */
export function isPolicyShorter(key: ApplicableKey, terms: ApplicationTerms): boolean {
  return candidateOf(key, terms).length > 0;
}

/** A key to be shortened: its earliest end, and how many whole days later that may still come. */
type Candidate<K> = {
  readonly key: K;
  readonly earliest: Instant;
  readonly firstDay: number;
  readonly lastDay: number;
};

function candidateOf<K extends ApplicableKey>(key: K, { at, noticeDays }: ApplicationTerms): readonly Candidate<K>[] {
  const byPolicy = expiryOf(key.madeAt, key.lifespan);
  if (byPolicy === null) return [];
  const noticeEnd = plusMs(at, noticeDays * DAY_MS);
  const earliest = byPolicy > noticeEnd ? byPolicy : noticeEnd;
  // Nothing moves later, and what ends at that very instant is as the policy wants it.
  if (key.expiresAt !== null && key.expiresAt <= earliest) return [];
  const firstDay = utcDayOf(earliest);
  return [{ key, earliest, firstDay, lastDay: firstDay + daysBefore(earliest, key.expiresAt) }];
}

/** How many whole days may be added to `earliest` so that it stays before the present end. */
function daysBefore(earliest: Instant, presentEnd: Instant | null): number {
  return presentEnd === null ? Number.POSITIVE_INFINITY : Math.ceil((presentEnd - earliest) / DAY_MS) - 1;
}

function shareOf(count: number, { maxSharePercent }: ApplicationTerms): number {
  return Math.max(1, Math.floor((count * maxSharePercent) / 100));
}

/** Those that must go first come first; no two are alike, so that the order they came in does not matter. */
function inOrder<K extends ApplicableKey>(candidates: readonly Candidate<K>[]): readonly Candidate<K>[] {
  return candidates.toSorted(
    (a, b) => compare(a.lastDay, b.lastDay) || compare(a.key.madeAt, b.key.madeAt) || compare(a.key.id, b.key.id),
  );
}

/** Gives each day the most urgent keys whose first day has come, up to its share: as many keys as can be get a place. */
function placeAll<K extends ApplicableKey>(
  candidates: readonly Candidate<K>[],
  mostPerDay: number,
): readonly PlannedExpiry<K>[] {
  const byFirstDay = Map.groupBy(candidates.keys(), (rank) => (candidates[rank] as Candidate<K>).firstDay);
  const firstDays = [...byFirstDay.keys()].toSorted(compare);
  const ready = earliestFirst();
  const planned: PlannedExpiry<K>[] = [];
  let next = 0;
  for (let day = 0; next < firstDays.length || ready.size() > 0; day += 1) {
    if (ready.size() === 0) day = firstDays[next] as number;
    for (; firstDays[next] === day; next += 1) for (const rank of byFirstDay.get(day) ?? []) ready.add(rank);
    for (let taken = 0; taken < mostPerDay && ready.size() > 0; ) {
      const { key, earliest, firstDay, lastDay } = candidates[ready.take()] as Candidate<K>;
      // Its own end came before its turn.
      if (lastDay < day) continue;
      planned.push({ key, expiresAt: plusMs(earliest, (day - firstDay) * DAY_MS) });
      taken += 1;
    }
  }
  return planned;
}

function byEnd(a: PlannedExpiry<ApplicableKey>, b: PlannedExpiry<ApplicableKey>): number {
  return compare(a.expiresAt, b.expiresAt) || compare(a.key.id, b.key.id);
}

function compare<T extends number | string>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
