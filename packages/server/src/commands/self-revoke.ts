import { DAY_MS, type EventDraft, instant, type Instant, ok, type Secret } from '@claviger/core';
import type { Change, Committed, FoundSecret, Key, Reader, User } from '@claviger/storage';
import type { AnonymousContext, CommandDeps } from './deps.ts';
import type { CommandOutcome } from './outcome.ts';
import { findPresentedKey, isDead, type PresentedKeyDeps } from './presented-key.ts';
import { tellOfSelfRevocation } from './tell-of-self-revocation.ts';

export type SelfRevokeInput = { readonly key: Secret };

/** What became of it; for metrics only. The wire's answer is the same 202, whatever it was (K12). */
export type SelfRevoked = 'nothing' | 'key-ended' | 'overlap-ended' | 'reported';

/** What self-revocation takes. */
export type SelfRevokeDeps = PresentedKeyDeps & Pick<CommandDeps, 'read' | 'change' | 'randomBytes'>;

/**
 * Ends the key that somebody presents, because it leaked (K12): the key itself, or only the overlap when its old secret is
 * shown. A key bound to web origins is public by nature: it is reported to its owner, and goes on, unless the owner has
 * such keys ended too. Internal keys are never ended this way (K11). It refuses nothing: who presents a text learns
 * nothing about it.
 */
export async function selfRevoke(
  deps: SelfRevokeDeps,
  context: AnonymousContext,
  input: SelfRevokeInput,
): CommandOutcome<SelfRevoked> {
  const presented = await deps.read((reader) => findPresentedKey(deps, reader, input.key));
  if (presented === null) return ok(NOTHING);
  const origin = { ...context.change.origin, actor: { kind: 'system', part: 'self_revocation' } as const };
  const scope = { ...context.change, origin, accountId: presented.key.accountId };
  return deps.change<SelfRevoked, never>(scope, async (change) => {
    // Found again inside the transaction: it may have been rotated or ended since.
    const found = await findPresentedKey(deps, change.read, input.key);
    return ok(found === null ? 'nothing' : await endAndTell(deps, change, { found, certainNow: scope.storable }));
  });
}

const NOTHING: Committed<SelfRevoked> = { value: 'nothing', version: null, entries: [], ends: [] };

/** How often a report is repeated for one key: whoever finds a public key may find it a thousand times. */
const REPORTED_ONCE_PER_MS = DAY_MS;

async function endAndTell(
  deps: SelfRevokeDeps,
  change: Change,
  { found, certainNow }: { readonly found: FoundSecret; readonly certainNow: Instant },
): Promise<SelfRevoked> {
  const { key } = found;
  // Judged by certain time: a key that a bad clock shows as expired would be back when the clock is mended (E9).
  if (isDead(found, certainNow)) return 'nothing';
  const owner = await change.read.users.find(key.accountId, key.ownerId);
  if (owner === null) throw new Error(`${key.id} has no owner`);
  const outcome = await end(change, found, owner);
  if (outcome !== 'nothing') await tellOfSelfRevocation(deps, change, { key, owner, outcome });
  return outcome;
}

async function end(change: Change, { key, isCurrent }: FoundSecret, owner: User): Promise<SelfRevoked> {
  if (key.allowedOrigins.length > 0 && !owner.endsReportedKeys) return report(change, key);
  if (isCurrent) {
    await change.keys.forceExpire(key, { at: change.now, by: 'self_revocation', reason: 'compromised', note: null });
    return 'key-ended';
  }
  await change.keys.finishRotation(key);
  return 'overlap-ended';
}

async function report(change: Change, key: Key): Promise<SelfRevoked> {
  if (await wasReportedLately(change.read, key, change.now)) return 'nothing';
  change.record(reportOf(key));
  return 'reported';
}

async function wasReportedLately(reader: Reader, key: Key, now: Instant): Promise<boolean> {
  const from = instant(Math.max(0, now - REPORTED_ONCE_PER_MS + 1));
  const filter = { accountId: key.accountId, visibleTo: null, eventName: REPORTED, keyId: key.id, from };
  const { items } = await reader.events.list(filter, { cursor: null, limit: 1 });
  return items.length > 0;
}

const REPORTED = 'key.reported';

function reportOf(key: Key): EventDraft {
  const { id, ownerId, kind } = key;
  return { name: REPORTED, affectedUserId: ownerId, resourceId: id, keyKind: kind, changes: [], result: 'success' };
}
