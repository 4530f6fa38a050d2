import { FRESH_PROOF_MS, ok, refuse, type Result } from '@claviger/core';
import type { CredentialRefusal } from '../refusal.ts';
import type { ActingUser } from './acting-user.ts';

/** Lets sensitive acts pass: they need a session, proven at most 15 minutes ago (U8, K14). */
export function requireFreshProof(acting: ActingUser): Result<ActingUser, CredentialRefusal> {
  const { credential, now } = acting;
  if (credential.kind !== 'session') return refuse({ kind: 'session-required' });
  // "At most 15 minutes old": a proof of exactly that age still counts.
  if (now - credential.provenAt <= FRESH_PROOF_MS) return ok(acting);
  return refuse({ kind: 'fresh-proof-required', provenAt: credential.provenAt, longestMs: FRESH_PROOF_MS });
}
