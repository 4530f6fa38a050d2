import type { FeedPosition } from '@claviger/contract';
import { formatVersion } from '@claviger/core';
import type { DescribedKey, LocalDecision } from '@claviger/verifier';
import { permissionTexts } from './described-keys.ts';
import { asciiJson } from './exchange.ts';
import { instantText } from './instant-text.ts';

/** What a decision on the wire tells. */
export type ToldDecision = {
  readonly decision: LocalDecision;
  /** The key, when the presented secret proved right. */
  readonly key: DescribedKey | null;
  readonly name: string | null;
  /** The state that decided, or null before the first one was loaded. */
  readonly position: FeedPosition | null;
};

const NOBODY = ',"key":null,"account_id":null,"permissions":[]';

/**
 * Writes the decision object of the API, in ASCII. By hand: its texts are ids, codes and numbers that need no escaping,
 * and what does (a name, permissions) is escaped apart.
 */
export function decisionJson(told: ToldDecision): string {
  const { decision, key } = told;
  const version = told.position === null ? 'null' : `"${formatVersion(told.position)}"`;
  const head = `{"object":"decision","allow":${decision.code === 'allowed'},"code":"${decision.code}","version":${version}`;
  const about = key === null ? NOBODY : keyJson(key, told.name);
  if (decision.code === 'rate_limited') return `${head}${about},"retry_after_seconds":${retryAfterSeconds(decision)}}`;
  // Not the key's expiry: a force-expired key, or a replaced secret, ended at a time of its own (E11).
  if (decision.expiredAt !== null) return `${head}${about},"expired_at":"${instantText(decision.expiredAt)}"}`;
  return `${head}${about}}`;
}

/** Whole seconds until a `rate_limited` caller may come again, at least one. */
export function retryAfterSeconds(decision: Pick<LocalDecision, 'retryAfterMs'>): number {
  return Math.max(1, Math.ceil(decision.retryAfterMs / 1000));
}

function keyJson(key: DescribedKey, name: string | null): string {
  const expires = key.expiresAt === null ? 'null' : `"${instantText(key.expiresAt)}"`;
  const written = name === null ? 'null' : asciiJson(name);
  return (
    `,"key":{"id":"${key.id}","kind":"${key.kind}","name":${written},"owner_id":"${key.ownerId}",` +
    `"expires_at":${expires},"expiring":${key.isExpiring}},"account_id":"${key.accountId}",` +
    `"permissions":${permissionTexts(key.permissions).json}`
  );
}
