import type { FeedPosition } from '@claviger/contract';
import { presentedText } from '@claviger/core';
import { applyEnd } from './apply.ts';
import { createDecideScratch, decideFrom, describeFrom, STALE } from './decide.ts';
import { allEnded, createEndedKeys, type EndedKeys, rememberEnd } from './ended-keys.ts';
import { createFreshness } from './freshness.ts';
import { findInternalKeyByDigest } from './internal-keys.ts';
import { findKey, NEVER_ARRIVED, sideOf } from './key-table.ts';
import { createReplica, type Replica } from './replica.ts';
import { NO_ROW } from './row-arena.ts';
import { drainUsageBook, restoreUsage } from './usage-book.ts';
import type { FedVerifier, FoundInternalKey, KnownEnd, VerifierAlarm, VerifierDeps } from './verifier.ts';
import { createVersionWaiters } from './version-waiters.ts';

/**
 * Makes a verifier (D1). It refuses everything with `stale` until `followFeed` has loaded a first snapshot into it.
 *
 * @example
 * const verifier = createVerifier({ ...systemDigests, clock, acceptedPrefixes: ['clv'], stalenessMs: 60_000 });
 * const follower = followFeed({ verifier, source, ...systemDigests, pollMs: 1_000 });
 * await follower.start();
 */
export function createVerifier(deps: VerifierDeps): FedVerifier {
  const ended = createEndedKeys(crypto.getRandomValues(new Uint32Array(1))[0] as number);
  const scratch = createDecideScratch();
  let replica: Replica | null = null;
  const position = (): FeedPosition | null => replica?.position ?? null;
  const freshness = createFreshness(deps, position);
  const waiters = createVersionWaiters(deps.clock, position);
  const alarm = (of: VerifierAlarm): void => raise(deps, of);
  const moved = (): void => {
    freshness.look();
    waiters.look();
  };
  return {
    decide: (question) => {
      try {
        return replica === null || !freshness.isCurrent() ? STALE : decideFrom(deps, scratch, replica, question);
      } catch (fault) {
        // Fail closed: whatever broke, nobody is let in for it. Its name is told only: the message might quote the key.
        alarm({ kind: 'decide_fault', detail: fault instanceof Error ? fault.name : 'unknown' });
        return STALE;
      }
    },
    describe: (row, now) => describeFrom(presentReplica(replica), row, now),
    findInternalKey: (text) => findInternalKey(deps, replica, text),
    position,
    isStale: () => replica === null || !freshness.isCurrent(),
    hasReached: (version, timeoutMs) => waiters.wait(version, timeoutMs),
    size: () => ({ keys: replica?.keys.keys ?? 0, tombstones: ended.deleted }),
    wouldBeDenials: () => scratch.wouldBeDenials,
    drainUsage: () => (replica === null ? [] : drainUsageBook(replica.usage)),
    rememberEnds: (ends) => rememberEnds(ended, replica, ends),
    knownEnds: () => allEnded(ended),
    replica: () => replica,
    newReplica: (at) => createReplica(ended, at),
    adopt: (next) => {
      applyAllEnds(next, ended);
      if (replica !== null) carryOver(replica, next);
      replica = next;
      moved();
    },
    moved,
    confirm: (atMs) => freshness.confirm(atMs),
    refuseUntil: (version) => freshness.refuseUntil(version),
    doubt: () => freshness.doubt(),
    alarm,
  };
}

function raise(deps: VerifierDeps, alarm: VerifierAlarm): void {
  try {
    deps.onAlarm?.(alarm);
  } catch {
    // Whoever listens has a fault of their own; it must turn neither a decision nor the feed into one.
  }
}

function findInternalKey(deps: VerifierDeps, replica: Replica | null, text: string): FoundInternalKey | null {
  if (replica === null || presentedText(text, deps.acceptedPrefixes) === 'malformed') return null;
  return findInternalKeyByDigest(replica.internalKeys, deps.sha256(text));
}

/** Every end seen while the replica was being filled holds in it too (D1). */
function applyAllEnds(replica: Replica, ended: EndedKeys): void {
  for (const { keyId } of allEnded(ended)) applyEnd(replica, keyId);
}

function rememberEnds(ended: EndedKeys, replica: Replica | null, ends: Iterable<KnownEnd>): void {
  for (const { keyId, how } of ends) {
    rememberEnd(ended, keyId, how);
    if (replica !== null) applyEnd(replica, keyId);
  }
  // A new object: whoever keeps verdicts until the position changes must drop them.
  if (replica !== null) replica.position = { ...replica.position };
}

/** A reload gives no fresh allowance under a rate limit and loses no count. */
function carryOver(from: Replica, to: Replica): void {
  restoreUsage(to.usage, drainUsageBook(from.usage));
  for (const side of from.keys.sides) {
    if (side === null || side.arrivalMs === NEVER_ARRIVED) continue;
    const row = findKey(to.keys, side.keyId);
    const other = row === NO_ROW ? null : sideOf(to.keys, row);
    if (other !== null) other.arrivalMs = side.arrivalMs;
  }
}

function presentReplica(replica: Replica | null): Replica {
  if (replica === null) throw new Error('a key is described only after a decision on it');
  return replica;
}
