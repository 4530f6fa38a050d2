import type { Route } from '@claviger/contract';
import { FRESH_PROOF_MS, isProofFresh, ok, refuse, type Result } from '@claviger/core';
import type { Caller } from '../commands/deps.ts';
import { type Authentication, authenticateKey } from './authenticate-key.ts';
import { authenticateSession } from './authenticate-session.ts';
import { readCredential } from './credential.ts';
import type { HttpDeps } from './deps.ts';
import type { HttpRefusal } from './http-refusal.ts';
import type { Incoming } from './incoming.ts';
import { headerValues, maySignInFrom } from './origin-check.ts';
import { sessionCookie } from './session-cookie.ts';

/** Who may go on, or why not. A refusal may come with the caller it was given to, so that it can be recorded (A2). */
export type Authorization =
  | (Pick<Extract<Authentication, { ok: true }>, 'ok' | 'keyExpiresAt' | 'rateLimit'> & {
      readonly caller: Caller | null;
    })
  | { readonly ok: false; readonly refusal: HttpRefusal; readonly caller: Caller | null };

/** Tells who asks, and whether the route is open to them at all. What they may do it to is the command's to decide. */
export async function authorize(deps: HttpDeps, incoming: Incoming, route: Route): Promise<Authorization> {
  if (route.credentials.includes('nobody')) return admitAnybody(deps, incoming, route);
  const authentication = await authenticate(deps, incoming);
  if (!authentication.ok) return authentication;
  const { caller } = authentication;
  const open = isOpenTo(route, caller, incoming);
  return open.ok ? authentication : { ok: false, refusal: open.refusal, caller };
}

/** A page elsewhere must not sign its visitor in here as somebody else. */
function admitAnybody(deps: HttpDeps, incoming: Incoming, route: Route): Authorization {
  const publicUrl = deps.publicUrl();
  const request = { method: incoming.method, origins: headerValues(incoming.rawHeaders, 'origin') };
  const startsSession = route.problems.includes('origin_mismatch');
  if (!startsSession || maySignInFrom(request, publicUrl))
    return { ok: true, caller: null, keyExpiresAt: null, rateLimit: null };
  return { ok: false, refusal: { kind: 'foreign-origin', publicOrigin: publicUrl.origin }, caller: null };
}

async function authenticate(deps: HttpDeps, incoming: Incoming): Promise<Authentication> {
  const credential = readCredential(incoming.rawHeaders, sessionCookie(deps.publicUrl()).name);
  if (!credential.ok) return { ok: false, refusal: credential.refusal, caller: null };
  switch (credential.value.kind) {
    case 'none':
      return { ok: false, refusal: { kind: 'no-credential' }, caller: null };
    case 'session':
      return authenticateSession(deps, incoming, credential.value.token);
    case 'key':
      return authenticateKey(deps, incoming, credential.value.text);
  }
}

function isOpenTo(route: Route, caller: Caller, incoming: Incoming): Result<null, HttpRefusal> {
  const { credential, user } = caller;
  if (credential.kind === 'key') {
    if (credential.isNarrowed && !route.isOpenToNarrowedKeys) {
      return refuse({ kind: 'narrowed-key', keyId: credential.keyId });
    }
    if (!route.credentials.includes('master_key')) return refuse({ kind: 'session-required' });
  }
  if (!route.userTypes.includes(user.userType)) {
    return refuse({
      kind: 'not-allowed',
      because: { rule: isOwnersOnly(route) ? 'owner-only' : 'administrators-only' },
    });
  }
  return route.isSensitive === true ? isFresh(caller, incoming) : ok(null);
}

function isOwnersOnly(route: Route): boolean {
  return route.userTypes.length === 1 && route.userTypes[0] === 'owner';
}

/** U8. */
function isFresh({ credential }: Caller, incoming: Incoming): Result<null, HttpRefusal> {
  if (credential.kind !== 'session') return refuse({ kind: 'session-required' });
  if (isProofFresh(credential.provenAt, incoming.now)) return ok(null);
  return refuse({ kind: 'fresh-proof-required', provenAt: credential.provenAt, longestMs: FRESH_PROOF_MS });
}
