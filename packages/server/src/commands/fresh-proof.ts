import { FRESH_PROOF_MS, isProofFresh, ok, refuse, type Result } from '@claviger/core';
import type { CredentialRefusal } from '../refusal.ts';
import type { ActingUser } from './acting-user.ts';

/** Lets sensitive acts pass: they need a session, proven at most 15 minutes ago (U8, K14). */
export function requireFreshProof(acting: ActingUser): Result<ActingUser, CredentialRefusal> {
  const { credential, now } = acting;
  if (credential.kind !== 'session') return refuse({ kind: 'session-required' });
  if (isProofFresh(credential.provenAt, now)) return ok(acting);
  return refuse({ kind: 'fresh-proof-required', provenAt: credential.provenAt, longestMs: FRESH_PROOF_MS });
}
