import type { FeedRecord } from '@claviger/contract';
import { parseIpAddress } from '@claviger/core';
import {
  ask,
  createFollowedVerifier,
  type FollowedVerifier,
  passSlowly,
  POLL_MS,
  settle,
} from './followed-verifier.ts';
import { createMemoryFeed, type MemoryFeed } from './memory-feed.ts';
import {
  createNaiveVerifier,
  decideNaively,
  findNaively,
  type NaiveVerifier,
  replaceAll,
  teach,
  wouldBeDeniedNaively,
} from './naive-verifier.ts';
import { accountIdNumber, keyTextNumber } from './sample-records.ts';

/** One step of a history, and how it reaches the verifier. */
export type Step =
  | { readonly do: 'change'; readonly record: FeedRecord; readonly by: 'accept' | 'wake' | 'poll' }
  | { readonly do: 'burst'; readonly records: readonly FeedRecord[]; readonly isReversed: boolean }
  | { readonly do: 'restore'; readonly to: number }
  | { readonly do: 'wake twice' }
  | { readonly do: 'pass'; readonly ms: number };

/** A question in numbers. */
export type AskedByNumbers = {
  readonly number: number;
  readonly secret: number;
  readonly type: string;
  readonly operation: string | null;
  readonly resourceName: string;
  readonly ip: string | null;
  readonly origin: string | null;
  readonly accounts: readonly number[] | null;
};

/** What both sides say to the same: they must be alike. */
export type BothSides = { readonly real: unknown; readonly naive: unknown };

/** A real verifier with its feed, and a naive one beside it. */
export type VerifierPair = FollowedVerifier & {
  readonly feed: MemoryFeed;
  readonly naive: NaiveVerifier;
  /** What the naive side has counted since the last look. */
  readonly calls: Map<string, number>;
  readonly denials: Map<string, number>;
  readonly wouldBeDenials: Map<string, number>;
};

/** A pair that follows a feed with these records. */
export async function createPair(records: readonly FeedRecord[]): Promise<VerifierPair> {
  const feed = createMemoryFeed();
  const naive = createNaiveVerifier();
  for (const record of records) {
    feed.append(record);
    teach(naive, record);
  }
  const followed = createFollowedVerifier(feed);
  await followed.follower.start();
  return { ...followed, feed, naive, calls: new Map(), denials: new Map(), wouldBeDenials: new Map() };
}

/** Takes a step on both sides. */
export async function takeStep(pair: VerifierPair, step: Step): Promise<void> {
  const { feed, naive, clock, follower } = pair;
  switch (step.do) {
    case 'change': {
      const entry = feed.append(step.record, { isQuiet: step.by !== 'wake' });
      teach(naive, step.record);
      if (step.by === 'accept') await follower.accept([entry]);
      if (step.by === 'poll') clock.pass(POLL_MS * 2);
      break;
    }
    case 'burst':
      await burst(pair, step);
      break;
    case 'restore':
      feed.restore(Math.min(step.to, feed.head().n));
      feed.wake();
      await settle();
      // The back-off of reloads may stand between.
      await passSlowly(clock, 11_000);
      replaceAll(naive, await recordsOf(feed));
      break;
    case 'wake twice':
      feed.wake();
      feed.wake();
      break;
    case 'pass':
      clock.pass(step.ms);
      break;
  }
  await settle();
  forgetGone(pair);
}

/** The verdicts on one question, with what is told of the key. */
export function verdicts(pair: VerifierPair, asked: AskedByNumbers): BothSides {
  const { verifier, clock } = pair;
  const { number, secret, accounts, type, ...rest } = asked;
  const accountIds = accounts === null ? null : new Set(accounts.map(accountIdNumber));
  const key = keyTextNumber(number, secret);
  const decision = verifier.decide(
    ask(key, clock.now(), {
      ...rest,
      typeAndOperation: rest.operation === null ? null : `${type}:${rest.operation}`,
      ip: rest.ip === null ? null : parseIpAddress(rest.ip),
      accountIds,
    }),
  );
  const real = {
    code: decision.code,
    key: decision.row < 0 ? null : { ...verifier.describe(decision.row, clock.now()), permissions: null },
  };
  return { real, naive: naiveVerdict(pair, { ...rest, key, type, accountIds, now: clock.now() }) };
}

function naiveVerdict(pair: VerifierPair, question: Parameters<typeof decideNaively>[1]): unknown {
  const code = decideNaively(pair.naive, question);
  const found = findNaively(pair.naive, question.key);
  if (code === 'not_found' || found === null) return { code, key: null };
  const { key } = found;
  if (wouldBeDeniedNaively(pair.naive, question)) {
    pair.wouldBeDenials.set(key.key_id, (pair.wouldBeDenials.get(key.key_id) ?? 0) + 1);
  }
  const counts = code === 'allowed' ? pair.calls : pair.denials;
  counts.set(key.key_id, (counts.get(key.key_id) ?? 0) + 1);
  const left = key.expires_at === null ? null : key.expires_at - question.now;
  return {
    code,
    key: {
      id: key.key_id,
      kind: key.kind,
      ownerId: key.owner_id,
      accountId: key.account_id,
      expiresAt: key.expires_at,
      isExpiring: left !== null && left > 0 && pair.naive.records.get(key.account_id)?.type === 'account',
      isNarrowed: key.permissions !== null,
      permissions: null,
    },
  };
}

/** What both sides have counted since the last look. */
export function usages(pair: VerifierPair): BothSides {
  const drained = pair.verifier.drainUsage();
  const listed = (map: Iterable<readonly [string, number]>): string[] =>
    [...map]
      .filter(([, count]) => count > 0)
      .map(([id, count]) => `${id} ${count}`)
      .toSorted();
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  const real = {
    calls: listed(drained.map(({ keyId, calls }) => [keyId, calls])),
    denials: listed(drained.map(({ keyId, denials }) => [keyId, sum(Object.values(denials))])),
    wouldBeDenials: listed(drained.map(({ keyId, wouldBeDenials }) => [keyId, wouldBeDenials])),
  };
  const naive = {
    calls: listed(pair.calls),
    denials: listed(pair.denials),
    wouldBeDenials: listed(pair.wouldBeDenials),
  };
  for (const counts of [pair.calls, pair.denials, pair.wouldBeDenials]) counts.clear();
  return { real, naive };
}

/** Several changes at once, handed over in order or the other way round. */
async function burst(pair: VerifierPair, step: Extract<Step, { do: 'burst' }>): Promise<void> {
  const entries = step.records.map((record) => pair.feed.append(record, { isQuiet: true }));
  for (const record of step.records) teach(pair.naive, record);
  const ordered = step.isReversed ? entries.toReversed() : entries;
  await Promise.all(ordered.map((entry) => pair.follower.accept([entry])));
}

async function recordsOf(feed: MemoryFeed): Promise<readonly FeedRecord[]> {
  const texts: string[] = [];
  for await (const part of feed.snapshot()) if (part.part === 'records') texts.push(...part.records);
  return texts.map((text) => JSON.parse(text) as FeedRecord);
}

/** Counts of keys that were deleted, or lost in a restore, are nobody's. */
function forgetGone(pair: VerifierPair): void {
  for (const counts of [pair.calls, pair.denials, pair.wouldBeDenials]) {
    for (const id of counts.keys()) {
      const isThere = pair.naive.records.get(id)?.type === 'key' && pair.naive.ended.get(id) !== 'deleted';
      if (!isThere) counts.delete(id);
    }
  }
}
