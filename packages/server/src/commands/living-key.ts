import { type Instant, ok, refuse, type Result, statusOf } from '@claviger/core';
import type { Key } from '@claviger/storage';
import type { KeyStateRefusal } from '../refusal.ts';

/** Lets keys pass that are not dead: what is expired stays so, whatever is asked of it (X2, E9). */
export function refuseExpired(key: Key, now: Instant): Result<Key, KeyStateRefusal> {
  const status = statusOf(key, now);
  if (status.kind !== 'expired') return ok(key);
  return refuse({ kind: 'key-expired', keyId: key.id, at: status.at, by: status.by });
}
