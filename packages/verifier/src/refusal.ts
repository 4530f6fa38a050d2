import { PROBLEM_OF_DECISION, PROBLEMS, type ProblemCode, problemType } from '@claviger/contract';
import { type DecisionCode, formatInstant, type Instant, unreachable } from '@claviger/core';
import type { Decision } from './decider.ts';
import { challengeOf, statusOfDecision } from './statuses.ts';

/** Seconds after which a client may try again when a verifier is behind: it catches up by itself (D5). */
const STALE_RETRY_SECONDS = 5;

/** A refused request, ready to be written (D10, RFC 9457). */
export type HttpRefusal = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, for `application/problem+json`. */
  readonly body: string;
};

/** What every refusal of one request has in common. */
export type RefusalContext = {
  readonly requestId: string;
  /** Where people manage their keys: problem pages and "replace it here" point there (E11). */
  readonly publicUrl: string;
};

/** Why a request is refused: a decision, or that nothing could be decided. */
export type RefusalReason =
  | (Pick<Decision, 'expiredAt' | 'retryAfterSeconds' | 'rateLimitHeaders'> & {
      readonly kind: 'decision';
      readonly code: RefusedCode;
    })
  | { readonly kind: 'missing' }
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'misplaced' };

type RefusedCode = Exclude<DecisionCode, 'allowed'>;

/** Writes a refusal as the gateway does, so that a client sees no difference (D8, D10). Not for allowed decisions. */
export function httpRefusal(reason: RefusalReason, context: RefusalContext): HttpRefusal {
  const { code, status, challenge } = codesOf(reason);
  const retryAfter = retryAfterOf(reason);
  const body = JSON.stringify({
    type: problemType(context.publicUrl, code),
    title: PROBLEMS[code].title,
    status,
    detail: detailOf(reason, context),
    instance: `urn:request:${context.requestId}`,
    code,
    request_id: context.requestId,
    ...expiryMembers(reason, context),
    ...(retryAfter === null ? {} : { retry_after_seconds: retryAfter }),
  });
  const headers = {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...(challenge === null ? {} : { 'www-authenticate': challenge }),
    ...(retryAfter === null ? {} : { 'retry-after': String(retryAfter) }),
    ...(reason.kind === 'decision' ? reason.rateLimitHeaders : {}),
  };
  return { status, headers, body };
}

function codesOf(reason: RefusalReason): { code: ProblemCode; status: number; challenge: string | null } {
  switch (reason.kind) {
    case 'missing':
      return { code: 'credentials_required', status: 401, challenge: challengeOf('missing') };
    case 'ambiguous':
      return { code: 'ambiguous_credentials', status: 401, challenge: challengeOf('ambiguous') };
    case 'misplaced':
      return { code: 'insufficient_permission', status: 403, challenge: challengeOf('insufficient_permission') };
    case 'decision': {
      const { code } = reason;
      return { code: PROBLEM_OF_DECISION[code], status: statusOfDecision(code), challenge: challengeOf(code) };
    }
    default:
      return unreachable(reason);
  }
}

function retryAfterOf(reason: RefusalReason): number | null {
  if (reason.kind !== 'decision') return null;
  if (reason.code === 'stale') return STALE_RETRY_SECONDS;
  return reason.code === 'rate_limited' ? (reason.retryAfterSeconds ?? 1) : null;
}

function expiryMembers(reason: RefusalReason, context: RefusalContext): Readonly<Record<string, string>> {
  if (reason.kind !== 'decision' || reason.code !== 'expired') return {};
  const when = reason.expiredAt === null ? {} : { expired_at: formatInstant(reason.expiredAt) };
  return { ...when, replace_url: replaceUrl(context) };
}

function replaceUrl({ publicUrl }: RefusalContext): string {
  return `${publicUrl.replace(/\/+$/, '')}/keys`;
}

function detailOf(reason: RefusalReason, context: RefusalContext): string {
  switch (reason.kind) {
    case 'missing':
      return 'This request needs a key: send `Authorization: Bearer <key>`, `Authorization: TD1 <key>` or `X-Api-Key: <key>`.';
    case 'ambiguous':
      return 'The request carries more than one credential, or one header twice. Send exactly one.';
    case 'misplaced':
      return 'Only write-only keys may come in X-Write-Key or in a URL. This one is a master key: it may stand in logs now, so rotate it.';
    case 'decision':
      return reason.code === 'expired' ? expiredText(reason.expiredAt, context) : detailOfCode(reason);
    default:
      return unreachable(reason);
  }
}

/** That it expired, when, and where to replace it (E11); only ever said to who presented the right secret. */
function expiredText(at: Instant | null, context: RefusalContext): string {
  const when = at === null ? 'is expired' : `expired at ${formatInstant(at)}`;
  return `The presented key ${when}. Create or rotate one at ${replaceUrl(context)}.`;
}

function detailOfCode(reason: { readonly code: RefusedCode; readonly retryAfterSeconds: number | null }): string {
  if (reason.code === 'rate_limited') {
    return `The presented key has reached its rate limit. Try again in ${reason.retryAfterSeconds ?? 1} seconds.`;
  }
  return DETAILS[reason.code];
}

const DETAILS: Readonly<Record<RefusedCode, string>> = {
  stale: `It cannot be told for sure at present whether the key is good. Try again in ${STALE_RETRY_SECONDS} seconds.`,
  malformed: 'The presented text is no key: it is cut off, or a character is wrong. Copy it again, whole.',
  not_found: 'The presented key is not known here.',
  expired: 'The presented key is expired.',
  disabled: 'The presented key is disabled. Its owner or an administrator can enable it.',
  owner_disabled: 'The owner of the presented key is disabled, and with the owner all keys.',
  ip_not_allowed: 'The presented key does not work from this address.',
  origin_not_allowed:
    'The presented key works from certain web origins alone; the Origin of this request is absent or another.',
  no_route_rule: 'No rule says what this request needs, and what no rule covers is refused.',
  write_only_key: 'A write-only key may only perform ingestion operations, and this is none.',
  insufficient_permission: 'The presented key may not do this. Ask who manages its owner for the permission.',
  rate_limited: 'The presented key has reached its rate limit.',
};
