import type { AnswerOf } from '@claviger/contract';
import { formatInstant } from '@claviger/core';
import type { KeyCounts, PolicyPlan } from '../commands/policy-plan.ts';
import type { PolicyApplicationPreview } from '../commands/preview-policy-application.ts';

/** What applying the policy would do (E6). */
export function presentPolicyPreview(preview: PolicyApplicationPreview): AnswerOf<'preview_expiration_policy'> {
  const { plan, token, validUntil, keys, hasMore } = preview;
  return {
    object: 'expiration_preview',
    preview_token: token,
    valid_until: formatInstant(validUntil),
    ...presentPlan(plan),
    left_out: { of_others: plan.keysOfOthers, ending_before: plan.endingBefore },
    keys: keys.map(({ key, expiresAt, isInUse }) => ({
      id: key.id,
      kind: key.kind,
      name: key.name,
      owner_id: key.ownerId,
      in_use: isInUse,
      expires_at: key.expiresAt === null ? null : formatInstant(key.expiresAt),
      new_expires_at: formatInstant(expiresAt),
    })),
    has_more: hasMore,
  };
}

/** What applying the policy did (E6). */
export function presentPolicyApplication(plan: PolicyPlan): AnswerOf<'apply_expiration_policy'> {
  return { object: 'expiration_application', ...presentPlan(plan) };
}

/** How many keys an act touches. */
export function presentCounts({ keys, owners, inUse }: KeyCounts) {
  return { keys, owners, in_use: inUse };
}

function presentPlan({ counts, terms, mostPerDay, spread }: PolicyPlan) {
  return {
    counts: presentCounts(counts),
    notice_days: terms.noticeDays,
    max_share_percent: terms.maxSharePercent,
    most_per_day: mostPerDay,
    spread: spread.map(({ date, keys }) => ({ date, keys })),
  };
}
