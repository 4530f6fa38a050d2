import {
  type Instant,
  isExpiring,
  ok,
  type RateLimitState,
  refuse,
  type Result,
  type Secret,
  unreachable,
} from '@claviger/core';
import type { FoundSecret } from '@claviger/storage';
import type { LocalDecision, Verifier } from '@claviger/verifier';
import type { Caller, CommandDeps } from '../commands/deps.ts';
import type { HttpRefusal } from './http-refusal.ts';
import type { Incoming } from './incoming.ts';
import { headerValues } from './origin-check.ts';

/** What telling a caller by their key takes. */
export type AuthenticateKeyDeps = {
  readonly verifier: Pick<Verifier, 'decide'>;
  readonly commands: Pick<CommandDeps, 'read' | 'digestOf'>;
};

/** A caller, or why there is none; a refusal may come with the caller it was given to (A2). */
export type Authentication =
  | {
      readonly ok: true;
      readonly caller: Caller;
      /** When the caller's key expires, if that is within the reminder period: to be told along (E13). */
      readonly keyExpiresAt: Instant | null;
      /** What is left of the key's rate limit, to be told along (K5). */
      readonly rateLimit: RateLimitState | null;
    }
  | { readonly ok: false; readonly refusal: HttpRefusal; readonly caller: Caller | null };

/**
 * Tells a caller by their key: the verifier decides on it as on any other request, so that a key that is dead there is dead
 * here. Write-only keys are known and refused; internal keys are as unknown as anything else (K11).
 */
export async function authenticateKey(
  deps: AuthenticateKeyDeps,
  incoming: Incoming,
  text: Secret,
): Promise<Authentication> {
  const decision = decide(deps, incoming, text);
  if (decision.code === 'malformed') return refused({ kind: 'malformed-credential' });
  if (decision.code === 'stale') return refused({ kind: 'stale' });
  if (decision.code === 'not_found') return refused({ kind: 'unknown-credential' });
  const digest = deps.commands.digestOf(text);
  const presented = await deps.commands.read((reader) => reader.keys.findByDigest(digest));
  if (presented === null) return refused({ kind: 'unknown-credential' });
  const good = judge(decision, presented, incoming.now);
  if (!good.ok) return refused(good.refusal);
  return callerOf(deps, presented, { digest, now: incoming.now, rateLimit: decision.rateLimit });
}

function decide(deps: AuthenticateKeyDeps, incoming: Incoming, text: Secret): LocalDecision {
  const [origin = null] = headerValues(incoming.rawHeaders, 'origin');
  return deps.verifier.decide({
    key: text.reveal(),
    typeAndOperation: null,
    resourceName: '',
    ip: incoming.client.address,
    origin,
    accountIds: null,
    now: incoming.now,
  });
}

function judge(decision: LocalDecision, presented: FoundSecret, now: Instant): Result<null, HttpRefusal> {
  const { code } = decision;
  switch (code) {
    case 'allowed':
      return ok(null);
    case 'expired':
      return refuse({ kind: 'credential-expired', at: decision.expiredAt ?? endOf(presented) ?? now });
    case 'disabled':
      return refuse({ kind: 'credential-disabled' });
    case 'owner_disabled':
      return refuse({ kind: 'owner-disabled' });
    case 'ip_not_allowed':
      return refuse({ kind: 'address-not-allowed' });
    case 'origin_not_allowed':
      return refuse({ kind: 'origin-not-allowed' });
    case 'rate_limited':
      return refuse({ kind: 'rate-limited', retryAfterMs: decision.retryAfterMs, rateLimit: decision.rateLimit });
    case 'stale':
      return refuse({ kind: 'stale' });
    case 'malformed':
    case 'not_found':
    // These answer questions about an operation; none was asked.
    case 'no_route_rule':
    case 'write_only_key':
    case 'insufficient_permission':
      return refuse({ kind: 'unknown-credential' });
    default:
      return unreachable(code);
  }
}

/** When the presented secret ended: by force, at the end of its overlap, or of old age. */
function endOf({ key, endsAt }: FoundSecret): Instant | null {
  return key.forcedExpiry?.at ?? endsAt ?? key.expiresAt;
}

async function callerOf(
  deps: AuthenticateKeyDeps,
  { key }: FoundSecret,
  { digest, now, rateLimit }: Pick<LocalDecision, 'rateLimit'> & { readonly digest: string; readonly now: Instant },
): Promise<Authentication> {
  const { user, account } = await deps.commands.read(async (reader) => ({
    user: await reader.users.find(key.accountId, key.ownerId),
    account: await reader.accounts.find(key.accountId),
  }));
  if (user === null || account === null) return refused({ kind: 'unknown-credential' });
  const credential = { kind: 'key', keyId: key.id, isNarrowed: key.permissions !== null, digest } as const;
  const caller: Caller = { accountId: key.accountId, user, credential };
  if (key.kind === 'write_only') return { ok: false, refusal: { kind: 'write-only-key', keyId: key.id }, caller };
  if (!account.hasManagementByKeys) return { ok: false, refusal: { kind: 'management-by-keys-off' }, caller };
  const keyExpiresAt = isExpiring(key.expiresAt, now, account.reminderDays) ? key.expiresAt : null;
  return { ok: true, caller, keyExpiresAt, rateLimit };
}

function refused(refusal: HttpRefusal): Authentication {
  return { ok: false, refusal, caller: null };
}
