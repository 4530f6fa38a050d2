import { PROBLEM_OF_DECISION } from '@claviger/contract';
import { type DecisionCode, formatInstant, unreachable } from '@claviger/core';
import { challengeOf, rateLimitHeaders } from '@claviger/verifier';
import type { Denial, DenialReason } from './authorize.ts';
import { retryAfterSeconds } from './decision-json.ts';
import { type Problem, problem, STALE_PROBLEM } from './problems.ts';

const NEEDS_KEY = 'This request needs a key';
const AMBIGUOUS = 'The request carries more than one credential, or one header twice. Send exactly one.';
const USUAL_WAYS = '`Authorization: Bearer <key>`, `Authorization: TD1 <key>` or `X-Api-Key: <key>`';

/**
 * The problem of a denial: what was refused, what decided, and what to do next (T3). It goes to whoever presented the key,
 * through the proxy; ambiguous credentials are 401 here, since proxies know no 400 (D10).
 */
export function problemOfDenial(denial: Denial, publicUrl: string): Problem {
  const { code } = denial;
  if (code === 'missing') return challenged(problem('credentials_required', missingText(denial)), code);
  if (code === 'ambiguous') return challenged({ ...problem('ambiguous_credentials', AMBIGUOUS), status: 401 }, code);
  if (code === 'expired') return challenged(expiredProblem(denial, publicUrl), code);
  if (code === 'stale') return STALE_PROBLEM;
  if (code === 'rate_limited') return rateLimitedProblem(denial);
  return challenged(problem(PROBLEM_OF_DECISION[code], detailOf(denial, code)), code);
}

function challenged(refused: Problem, code: Parameters<typeof challengeOf>[0]): Problem {
  const challenge = challengeOf(code);
  return challenge === null ? refused : { ...refused, headers: [...refused.headers, 'WWW-Authenticate', challenge] };
}

function missingText({ rule }: Denial): string {
  if (rule === null || (rule.keyHeader === null && !rule.allowWriteKeyQuery))
    return `${NEEDS_KEY}: send ${USUAL_WAYS}.`;
  if (rule.keyHeader !== null) return `${NEEDS_KEY}: send it in the header ${rule.keyHeader}.`;
  return `${NEEDS_KEY}: send ${USUAL_WAYS}, or a write-only key as \`X-Write-Key\` or \`?write_key=\`.`;
}

/** That it expired, when, and where to replace it (E11); only ever said to who presented the right secret. */
function expiredProblem({ expiredAt }: Denial, publicUrl: string): Problem {
  const replaceUrl = `${publicUrl.replace(/\/+$/, '')}/keys`;
  const next = `Create or rotate one at ${replaceUrl}.`;
  if (expiredAt === null) {
    return problem('key_expired', `The presented key is expired. ${next}`, { members: { replace_url: replaceUrl } });
  }
  const at = formatInstant(expiredAt);
  return problem('key_expired', `The presented key expired at ${at}. ${next}`, {
    members: { expired_at: at, replace_url: replaceUrl },
  });
}

function rateLimitedProblem(denial: Denial): Problem {
  const seconds = retryAfterSeconds(denial);
  return problem('rate_limited', `The presented key has reached its rate limit. Try again in ${seconds} seconds.`, {
    members: { retry_after_seconds: seconds },
    headers: ['Retry-After', String(seconds), ...Object.entries(rateLimitHeaders(denial.rateLimit)).flat()],
  });
}

type PlainCode = Exclude<DecisionCode, 'allowed' | 'expired' | 'stale' | 'rate_limited'>;

function detailOf(denial: Denial, code: PlainCode): string {
  switch (code) {
    case 'malformed':
      return 'The presented text is no key: it is cut off, or a character is wrong. Copy it again, whole.';
    case 'not_found':
      return 'The presented key is not known here.';
    case 'disabled':
      return 'The presented key is disabled. Its owner or an administrator can enable it.';
    case 'owner_disabled':
      return 'The owner of the presented key is disabled, and with the owner all keys.';
    case 'ip_not_allowed':
      return denial.reason === 'address-unknown'
        ? ADDRESS_UNKNOWN
        : 'The presented key does not work from this address.';
    case 'origin_not_allowed':
      return 'The presented key works from certain web origins alone; the Origin of this request is absent or another.';
    case 'write_only_key':
      return `A write-only key may only perform ingestion operations, and ${asked(denial)} is none.`;
    case 'insufficient_permission':
      return denial.reason === 'misplaced-key'
        ? MISPLACED
        : `The presented key may not perform ${asked(denial)}. Ask who manages its owner for the permission.`;
    case 'no_route_rule':
      return denial.reason === null ? NO_RULE : (ROUTE_REASONS[denial.reason] ?? NO_RULE);
    default:
      return unreachable(code);
  }
}

const ADDRESS_UNKNOWN =
  'The presented key works from certain addresses alone, and yours could not be told: the proxy names none, or X-Real-IP and X-Forwarded-For disagree.';
const MISPLACED =
  'Only write-only keys may come in X-Write-Key or in a URL. This one is a master key: it may stand in logs now, so rotate it.';
const NO_RULE = 'No route rule covers this method and path, and what no rule covers is refused.';
const TWO_READINGS = 'so that two programs could read it differently';

const ROUTE_REASONS: Partial<Record<DenialReason, string>> = {
  'original-missing':
    'The proxy does not say which request it asks about: X-Original-Method and X-Original-URI must each come once.',
  'method-override': 'A header asks for another method than the request has. Send the method itself.',
  unmatched: NO_RULE,
  'not-a-path': 'The target of the request is no path.',
  'too-long': 'The path is longer than any rule could match.',
  'forbidden-character': `The path holds a character that must be escaped, ${TWO_READINGS}.`,
  fragment: `The target holds a fragment, ${TWO_READINGS}.`,
  backslash: `The path holds a backslash, ${TWO_READINGS}.`,
  'path-parameter': `The path holds a semicolon, ${TWO_READINGS}. Escape it as %3B if it is part of a name.`,
  'double-slash': `The path holds an empty segment, ${TWO_READINGS}.`,
  'dot-segment': `The path holds a dot segment, ${TWO_READINGS}.`,
  'bad-escape': `The path holds a malformed escape, ${TWO_READINGS}.`,
  'encoded-slash': `The path holds an encoded slash or backslash, ${TWO_READINGS}.`,
  'double-escape': `The path holds an escaped escape, ${TWO_READINGS}.`,
  'control-character': `The path holds a control character, ${TWO_READINGS}.`,
  'not-utf-8': `The path holds bytes that are no UTF-8, ${TWO_READINGS}.`,
};

/** The operation and resource that a rule asked about: told to who proved to have a key, not to the world. */
function asked({ rule, resourceName }: Denial): string {
  if (rule === null) return 'this request';
  const [type = '', operation = ''] = rule.typeAndOperation.split(':');
  return `\`${operation}\` on \`${type}:${resourceName}\``;
}
