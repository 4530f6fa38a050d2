import type { AccountId, Instant } from '@claviger/core';
import type { ChangeContext } from '@claviger/storage';

/** A change that a part of the system makes by itself, at a time that is certain: nobody asked for it over a request. */
export function systemChange(
  part: string,
  { accountId, now }: { readonly accountId: AccountId; readonly now: Instant },
): ChangeContext {
  const origin = { actor: { kind: 'system', part } as const, ...NO_REQUEST };
  return { accountId, now, storable: now, replay: null, origin };
}

const NO_REQUEST = { ipAddress: null, userAgent: null, httpMethod: null, path: null, requestId: null };
