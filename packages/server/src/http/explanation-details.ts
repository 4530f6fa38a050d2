import type { AnswerOf } from '@claviger/contract';
import { type CheckName, type ExplainedCheck, formatInstant, GRANTS_SHOWN_MOST, type Instant } from '@claviger/core';
import type { ExplainedDecision } from '../commands/explain-decision.ts';

/** The setting or rule that decided a check. */
export type DecidedBy = NonNullable<AnswerOf<'explain'>['checks'][number]['decided_by']>;

/** What a check found, in words (P7). */
export function detailOf(decision: ExplainedDecision, found: ExplainedCheck): string {
  if (found.outcome === 'not_reached') return 'A check before this one has decided.';
  return DETAILS[found.check](decision, found);
}

type Detail = (decision: ExplainedDecision, found: ExplainedCheck) => string;

const DETAILS: Readonly<Record<CheckName, Detail>> = {
  forced_expiry: ({ key }) =>
    key.forcedExpiry === null
      ? 'Nobody has force-expired the key.'
      : `The key was force-expired at ${formatInstant(key.forcedExpiry.at)}, reason ${key.forcedExpiry.reason}.`,
  expiry: ({ key, question }) => `${expiryText(key.expiresAt, question.now)}${overlapText({ key, question })}`,
  disabled: ({ key }) =>
    key.disabledAt === null
      ? 'The key is not disabled.'
      : `The key is disabled since ${formatInstant(key.disabledAt)}.`,
  owner_disabled: ({ owner }) =>
    owner.disabledAt === null
      ? 'The owner of the key is not disabled.'
      : `The owner of the key is disabled since ${formatInstant(owner.disabledAt)}, and with the owner all keys.`,
  ip_allowlist: (decision, { outcome, entry }) => allowlistText(decision, { outcome, entry }),
  key_allowed_ips: ({ key, question }, { outcome, entry }) => {
    if (outcome === 'not_applicable') return 'The key is bound to no addresses.';
    if (entry !== null) return `The address is in ${entry}, one of the key's allowed_ips.`;
    const asked = question.ip === null ? 'The question names no address' : 'The address is in none';
    return `${asked}, and the key is bound to ${key.allowedIps.join(', ')}.`;
  },
  key_allowed_origins: ({ key, question }, { outcome, entry }) => {
    if (outcome === 'not_applicable') return 'The key is bound to no web origins.';
    if (entry !== null) return `The origin ${entry} is one of the key's allowed_origins.`;
    const asked = question.origin === null ? 'The question names no origin' : 'The origin is another';
    return `${asked}, and the key is bound to ${key.allowedOrigins.join(', ')}.`;
  },
  operation_known: (_decision, { outcome }) =>
    outcome === 'pass'
      ? 'The resource catalogue of the account knows the operation.'
      : 'The resource catalogue of the account knows no such operation on such a resource type: it is permitted to nobody.',
  key_kind: ({ key }, { outcome }) => {
    if (key.kind === 'master') return 'A master key may do whatever its owner may do.';
    return outcome === 'pass'
      ? 'The key is write-only, and the operation is an ingestion operation.'
      : 'The key is write-only, and the operation is no ingestion operation: a write-only key may do nothing else.';
  },
  owner_permissions: ({ owner, policies }, { outcome, grants }) => {
    if (outcome === 'fail') {
      return policies.length === 0
        ? 'The owner of the key is restricted and has no policy, so nothing is permitted.'
        : 'None of the policies of the owner of the key gives this operation on this resource.';
    }
    if (grants.length === 0)
      return `The owner of the key is of type ${owner.userType} and may perform every operation.`;
    if (grants.length === GRANTS_SHOWN_MOST) return `At least ${GRANTS_SHOWN_MOST} permissions of the owner give it.`;
    return grants.length === 1
      ? 'One permission of the owner gives it.'
      : `${grants.length} permissions of the owner give it.`;
  },
  key_permissions: (_decision, { outcome }) => {
    if (outcome === 'not_applicable') return 'The key is not narrowed: it may do what its owner may do.';
    return outcome === 'pass'
      ? 'The permissions that the key is narrowed to give it.'
      : 'The key is narrowed to permissions that do not give it, whatever its owner may do.';
  },
  rate_limit: ({ key: { rateLimit } }) =>
    rateLimit === null
      ? 'The key has no rate limit.'
      : `The key may be used ${rateLimit.requests} times in ${rateLimit.perSeconds} seconds; whether that is used up is known when it is presented, and not asked here.`,
};

/** I3, I7, I8. */
function allowlistText(
  { allowlist, question }: ExplainedDecision,
  { outcome, entry }: Pick<ExplainedCheck, 'outcome' | 'entry'>,
): string {
  if (allowlist === null) return 'No IP allowlist is in force for the owner of the key.';
  const whose = `the IP allowlist of the ${allowlist.level === 'user' ? 'owner of the key' : 'account'}`;
  if (outcome === 'not_applicable') return `Ingestion with a write-only key is exempt from ${whose}.`;
  if (entry !== null) return `The address is in ${entry}, an entry of ${whose}.`;
  const asked =
    question.ip === null ? 'The question names no address' : 'The address is in no entry that counts for keys';
  const mode = outcome === 'pass' ? ', which only monitors and refuses nothing' : '';
  return `${asked}, and ${whose} is in force${mode}.`;
}

function expiryText(expiresAt: Instant | null, now: Instant): string {
  if (expiresAt === null) return 'The key never expires.';
  return now >= expiresAt
    ? `The key expired at ${formatInstant(expiresAt)}.`
    : `The key expires at ${formatInstant(expiresAt)}.`;
}

/** The explanation is that of the current secret; a replaced one may end before (X5). */
function overlapText({ key, question }: Pick<ExplainedDecision, 'key' | 'question'>): string {
  const end = key.rotation?.previousEndsAt ?? null;
  if (end === null || question.now >= end) return '';
  return ` That is its current secret; the one before it works until ${formatInstant(end)}.`;
}
