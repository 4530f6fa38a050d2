import { type ForcedExpiry, ok, refuse } from '@claviger/core';
import type { CommandContext, CommandDeps } from './deps.ts';
import { digestOfEnding, type EndingPlan, type EndingTerms, workOutEnding } from './force-expire-plan.ts';
import { requireFreshProof } from './fresh-proof.ts';
import type { CommandOutcome } from './outcome.ts';
import { readPreviewToken } from './preview-token.ts';
import { changeAs } from './run-as.ts';

/** What was done; it says so itself, since the same call answers previews as well. */
export type KeysEnded = { readonly kind: 'ended'; readonly plan: EndingPlan };

export type ForceExpireKeysInput = Pick<ForcedExpiry, 'reason' | 'note'> & { readonly previewToken: string };

/**
 * Ends exactly the previewed keys for good, each with its event, or none at all (X6). What these keys made is not
 * included. It is in force before this resolves, like every end (X1).
 */
export function forceExpireKeys(
  deps: Pick<CommandDeps, 'change' | 'sealer'>,
  context: CommandContext,
  { previewToken, reason, note }: ForceExpireKeysInput,
): CommandOutcome<KeysEnded> {
  return changeAs(deps, context, async (acting, change) => {
    const fresh = requireFreshProof(acting);
    if (!fresh.ok) return fresh;
    const asked = { act: 'force-expire-keys', token: previewToken } as const;
    const read = readPreviewToken<EndingTerms>(deps, acting, asked);
    if (!read.ok) return read;
    const { at, planDigest } = read.value;
    const { plan, asBefore } = await workOutEnding(change.read, acting, read.value);
    const ids = plan.keys.map(({ id }) => id);
    if (digestOfEnding(deps, plan.keys) !== planDigest) {
      // All of them were ended since, and no other that would have been among them: this was done already.
      const isUsed = ids.length === 0 && digestOfEnding(deps, asBefore) === planDigest;
      return refuse({ kind: isUsed ? 'preview-used' : 'preview-outdated', previewedAt: at });
    }
    const end: ForcedExpiry = { at: acting.now, by: acting.user.id, reason, note };
    await change.keys.forceExpireMany({ accountId: acting.account.id, ids }, end);
    return ok({ kind: 'ended', plan });
  });
}
