import { type Instant, ok, plusMs, PREVIEW_KEYS_MOST, PREVIEW_MS, type ApplicationTerms } from '@claviger/core';
import { requireAdministrator } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { Outcome } from './outcome.ts';
import { digestOfPlan, isInUse, type PolicyKey, type PolicyPlan, workOutPlan } from './policy-plan.ts';
import { makePreviewToken } from './preview-token.ts';
import { readAs } from './run-as.ts';

export type PreviewPolicyApplicationInput = Pick<ApplicationTerms, 'noticeDays' | 'maxSharePercent'>;

/** What a preview shows: the whole plan in numbers, and the keys that lose most. */
export type PolicyApplicationPreview = {
  readonly plan: PolicyPlan;
  readonly token: string;
  readonly validUntil: Instant;
  readonly keys: readonly PreviewedKey[];
  readonly hasMore: boolean;
};
/** A key of the plan. */
export type PreviewedKey = { readonly key: PolicyKey; readonly expiresAt: Instant; readonly isInUse: boolean };

/** Shows which keys, owners and live traffic applying the policy would touch, and changes nothing (E6). */
export function previewPolicyApplication(
  deps: Pick<CommandDeps, 'read' | 'sealer'>,
  context: CommandContext,
  input: PreviewPolicyApplicationInput,
): Outcome<PolicyApplicationPreview> {
  return readAs(deps, context, async (acting, reader) => {
    const allowed = requireAdministrator(acting);
    if (!allowed.ok) return allowed;
    const { now } = acting;
    const plan = await workOutPlan(reader, acting, { ...input, at: now });
    const previewed = { at: now, terms: input, planDigest: digestOfPlan(deps, plan) };
    return ok({
      plan,
      token: makePreviewToken(deps, acting, { act: 'apply-expiration-policy', ...previewed }),
      validUntil: plusMs(now, PREVIEW_MS),
      keys: keysThatLoseMost(plan, now),
      hasMore: plan.planned.length > PREVIEW_KEYS_MOST,
    });
  });
}

/** Those that never expired first, then by how much earlier they end. */
function keysThatLoseMost({ planned }: PolicyPlan, now: Instant): readonly PreviewedKey[] {
  const loss = ({ key, expiresAt }: PolicyPlan['planned'][number]): number =>
    key.expiresAt === null ? Number.MAX_SAFE_INTEGER : key.expiresAt - expiresAt;
  return planned
    .toSorted((a, b) => loss(b) - loss(a))
    .slice(0, PREVIEW_KEYS_MOST)
    .map(({ key, expiresAt }) => ({ key, expiresAt, isInUse: isInUse(key, now) }));
}
