import { ok, refuse, type Result, Secret } from '@claviger/core';
import { presentedKey, USUAL_PLACES } from '@claviger/verifier';
import type { CallerRefusal } from './http-refusal.ts';
import { readSessionCookie } from './session-cookie.ts';

/** What a request shows of who asks; exactly one, or nothing. */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'session'; readonly token: Secret }
  | { readonly kind: 'key'; readonly text: Secret };

/** Finds the credential of a request. More than one, or one header twice, is refused: nobody may pick one. */
export function readCredential(rawHeaders: readonly string[], cookieName: string): Result<Credential, CallerRefusal> {
  const key = presentedKey(rawHeaders, '', USUAL_PLACES);
  const cookie = readSessionCookie(rawHeaders, cookieName);
  if (key.kind === 'ambiguous' || cookie.kind === 'ambiguous') return refuse({ kind: 'ambiguous-credentials' });
  if (key.kind === 'presented' && cookie.kind === 'presented') return refuse({ kind: 'ambiguous-credentials' });
  if (key.kind === 'presented') return ok({ kind: 'key', text: new Secret(key.text) });
  return ok(cookie.kind === 'presented' ? { kind: 'session', token: cookie.token } : { kind: 'none' });
}
