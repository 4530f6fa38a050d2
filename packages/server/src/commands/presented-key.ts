import { hasExpired, type Instant, type PresentedText, presentedText, type Secret, statusOf } from '@claviger/core';
import type { FoundSecret, Reader } from '@claviger/storage';
import type { CommandDeps } from './deps.ts';

/** What finding a key by its text takes. */
export type PresentedKeyDeps = Pick<CommandDeps, 'digestOf' | 'acceptedPrefixes'>;

/** How a presented text looks, before any lookup (K6). */
export function looksOf(deps: PresentedKeyDeps, text: Secret): PresentedText {
  return presentedText(text.reveal(), deps.acceptedPrefixes);
}

/** Finds a key by its whole text, which proves that the caller has it; null for internal keys (K11) and all that is none of ours. */
export async function findPresentedKey(
  deps: PresentedKeyDeps,
  reader: Reader,
  text: Secret,
): Promise<FoundSecret | null> {
  const looks = looksOf(deps, text);
  if (looks === 'malformed' || looks === 'internal') return null;
  return reader.keys.findByDigest(deps.digestOf(text));
}

/** When a secret ends: the current one with its key, a replaced one with its overlap (X5); null is never. */
export function endOf({ key, isCurrent, endsAt }: FoundSecret): Instant | null {
  return isCurrent ? key.expiresAt : endsAt;
}

/** Whether a secret is dead for good: its key is, or its own end has come (E9, X1, X5). A disabled key is not dead. */
export function isDead(found: FoundSecret, now: Instant): boolean {
  const end = endOf(found);
  return statusOf(found.key, now).kind === 'expired' || (end !== null && hasExpired(end, now));
}
