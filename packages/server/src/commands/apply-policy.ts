import { formatInstant, ok, refuse, type Result } from '@claviger/core';
import type { Change, Reader } from '@claviger/storage';
import type { PreviewRefusal } from '../refusal.ts';
import { type ActingUser, requireAdministrator } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { requireFreshProof } from './fresh-proof.ts';
import type { CommandOutcome } from './outcome.ts';
import { digestOfPlan, type PolicyPlan, workOutPlan } from './policy-plan.ts';
import type { PreviewPolicyApplicationInput } from './preview-policy-application.ts';
import { type Previewed, readPreviewToken } from './preview-token.ts';
import { changeAs } from './run-as.ts';

/**
 * Brings existing keys under the policy in force: exactly the previewed keys to exactly the previewed ends, or none at all
 * (E6). The plan is worked out once more from the preview's instant, inside the transaction that writes it.
 */
export function applyPolicy(
  deps: Pick<CommandDeps, 'change' | 'sealer'>,
  context: CommandContext,
  { previewToken }: { readonly previewToken: string },
): CommandOutcome<PolicyPlan> {
  return changeAs(deps, context, async (acting, change) => {
    const allowed = requireAdministrator(acting);
    if (!allowed.ok) return allowed;
    const fresh = requireFreshProof(acting);
    if (!fresh.ok) return fresh;
    const asked = { act: 'apply-expiration-policy', token: previewToken } as const;
    const read = readPreviewToken<PreviewPolicyApplicationInput>(deps, acting, asked);
    if (!read.ok) return read;
    const previewed = read.value;
    const plan = await workOutPlan(change.read, acting, { ...previewed.terms, at: previewed.at });
    if (digestOfPlan(deps, plan) !== previewed.planDigest) return differs(change.read, acting, previewed);
    await writePlan(change, acting, { plan, previewId: idOf(previewed) });
    return ok(plan);
  });
}

async function writePlan(
  change: Change,
  { account }: ActingUser,
  { plan, previewId }: { readonly plan: PolicyPlan; readonly previewId: string },
): Promise<void> {
  // Nothing to shorten is already as asked for, and no event.
  if (plan.planned.length === 0) return;
  const to = plan.planned.map(({ key, expiresAt }) => ({ keyId: key.id, expiresAt }));
  await change.keys.shortenExpiries({ accountId: account.id }, to);
  const { counts, terms } = plan;
  const facts = {
    keys: counts.keys,
    owners: counts.owners,
    in_use: counts.inUse,
    notice_days: terms.noticeDays,
    max_share_percent: terms.maxSharePercent,
    previewed_at: formatInstant(terms.at),
    [PREVIEW_ID]: previewId,
  };
  change.record({
    name: APPLIED,
    affectedUserId: null,
    resourceId: account.id,
    keyKind: null,
    changes: Object.entries(facts).map(([attribute, value]) => ({ attribute, old: null, new: value })),
    result: 'success',
  });
}

const APPLIED = 'expiration_policy.applied';
const PREVIEW_ID = 'preview_id';
/** Applications by one user within the hour that a token lives; more than that and the answer is the more general one. */
const APPLICATIONS_LOOKED_AT = 100;

/** By which an application is known again: enough to tell the previews of an hour apart, and nothing that could be sent. */
function idOf({ planDigest }: Previewed<unknown>): string {
  return planDigest.slice(0, 16);
}

/** Why the keys are not those of the preview: it was acted on already, or something changed. */
async function differs(
  reader: Reader,
  { account, user }: ActingUser,
  previewed: Previewed<unknown>,
): Promise<Result<never, PreviewRefusal>> {
  const { at } = previewed;
  const filter = { accountId: account.id, visibleTo: null, eventName: APPLIED, actorId: user.id, from: at };
  const { items } = await reader.events.list(filter, { cursor: null, limit: APPLICATIONS_LOOKED_AT });
  const isUsed = items.some(({ changes }) =>
    changes.some((change) => change.attribute === PREVIEW_ID && change.new === idOf(previewed)),
  );
  return refuse({ kind: isUsed ? 'preview-used' : 'preview-outdated', previewedAt: at });
}
