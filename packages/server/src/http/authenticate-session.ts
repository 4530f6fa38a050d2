import { type Instant, isSessionAlive, MINUTE_MS, ok, type Secret, sessionBounds } from '@claviger/core';
import type { Account, Session } from '@claviger/storage';
import { judgeAtPortal, wouldBeDeniedEvent } from '../commands/allowlist-of.ts';
import type { Caller, CommandDeps } from '../commands/deps.ts';
import type { PublicUrl } from '../config/public-url.ts';
import type { Log } from '../logs.ts';
import type { Authentication } from './authenticate-key.ts';
import { type Incoming, originOf } from './incoming.ts';
import { headerValues, isOwnOrigin } from './origin-check.ts';

/** What telling a caller by their session takes. */
export type AuthenticateSessionDeps = {
  readonly commands: Pick<CommandDeps, 'read' | 'change' | 'digestOf'>;
  readonly log: Pick<Log, 'warn'>;
  publicUrl(): PublicUrl;
};

/** A token as we draw them; anything else is not looked up. */
const TOKEN = /^[0-9A-Za-z_-]{43}$/;

/** Tells a caller by their session's cookie. An unsafe method needs an `Origin` of ours beside it: another site's page has the cookie too. */
export async function authenticateSession(
  deps: AuthenticateSessionDeps,
  incoming: Incoming,
  token: Secret,
): Promise<Authentication> {
  const found = TOKEN.test(token.reveal()) ? await findCaller(deps, incoming.now, token) : null;
  if (found === null) return { ok: false, refusal: { kind: 'credential-ended' }, caller: null };
  const { caller } = found;
  const publicUrl = deps.publicUrl();
  if (!isOwnOrigin({ method: incoming.method, origins: headerValues(incoming.rawHeaders, 'origin') }, publicUrl)) {
    return { ok: false, refusal: { kind: 'foreign-origin', publicOrigin: publicUrl.origin }, caller };
  }
  const { verdict, refusal } = judgeAtPortal({ account: found.account, user: caller.user }, incoming.client.text);
  if (refusal !== null) return { ok: false, refusal, caller };
  await touch(deps, incoming, { ...found, isReported: verdict === 'would_be_refused' });
  return { ok: true, caller, keyExpiresAt: null, rateLimit: null };
}

type Found = { readonly caller: Caller; readonly session: Session; readonly account: Account };

async function findCaller(deps: AuthenticateSessionDeps, now: Instant, token: Secret): Promise<Found | null> {
  const digest = deps.commands.digestOf(token);
  return deps.commands.read(async (reader) => {
    const session = await reader.sessions.findByDigest(digest);
    if (session === null) return null;
    const account = await reader.accounts.find(session.accountId);
    if (account === null || !isSessionAlive(session, now, sessionBounds(account.signIn))) return null;
    const user = await reader.users.find(session.accountId, session.userId);
    if (user === null || user.disabledAt !== null) return null;
    const credential = { kind: 'session', sessionId: session.id, provenAt: session.provenAt } as const;
    return { session, account, caller: { accountId: session.accountId, user, credential } };
  });
}

/**
 * Notes that the session is in use, at most once a minute: more often would make every page view a write. So often it is also
 * told of a session that a list in monitor mode would refuse (I7).
 */
async function touch(
  deps: AuthenticateSessionDeps,
  incoming: Incoming,
  { caller, session, isReported }: Found & { readonly isReported: boolean },
): Promise<void> {
  const { now, storable } = incoming;
  if (now - session.lastSeenAt < MINUTE_MS) return;
  const context = { accountId: caller.accountId, origin: originOf(incoming, caller), now, storable, replay: null };
  try {
    await deps.commands.change<null, never>(context, async (change) => {
      await change.sessions.touch(session);
      if (isReported) change.record(wouldBeDeniedEvent(caller.user.id));
      return ok(null);
    });
  } catch (fault) {
    // With a full disk people must still be able to look around; the session merely idles out earlier.
    deps.log.warn({ err: fault, requestId: incoming.requestId }, 'the use of a session could not be noted');
  }
}
