import { formatInstant, ok, parseInstant, parseUserId, PREVIEW_OWNERS_MOST, type Result } from '@claviger/core';
import type { AnswerOf } from '@claviger/contract';
import type { Committed } from '@claviger/storage';
import { forceExpireKeys, type KeysEnded } from '../../commands/force-expire-keys.ts';
import { type ForceExpirePreview, previewForceExpire } from '../../commands/preview-force-expire.ts';
import { type Call, changing, type Implementation } from '../call.ts';
import type { HttpDeps } from '../deps.ts';
import { given } from '../given.ts';
import type { HttpRefusal } from '../http-refusal.ts';
import { presentCounts } from '../present-policy-application.ts';
import { presentReceipt } from '../present-receipt.ts';

type Outcome = { readonly kind: 'previewed'; readonly preview: ForceExpirePreview } | KeysEnded;

/** `POST /v1/keys/force-expire` (X6): with `preview` it only looks, with a token and a reason it acts (U8). */
export const forceExpireKeysRoute: Implementation<'force_expire_keys'> = changing({
  run: (deps, call) => (call.body.preview === true ? look(deps, call) : act(deps, call)),
  present: (outcome, view) =>
    outcome.kind === 'previewed'
      ? presentPreview(outcome.preview)
      : {
          object: 'forced_expiries' as const,
          counts: presentCounts(outcome.plan.counts),
          by_kind: { ...outcome.plan.byKind },
          receipt: presentReceipt(view),
        },
});

async function look(
  deps: HttpDeps,
  { context, body }: Call<'force_expire_keys'>,
): Promise<Result<Committed<Outcome>, HttpRefusal>> {
  const preview = await previewForceExpire(deps.commands, context, {
    ...given('ownerId', parseUserId(body.owner_id ?? '')),
    ...given('kind', body.kind),
    ...given('createdBefore', parseInstant(body.created_before ?? '')),
    ...given('unusedDays', body.unused_days),
    ...given('namePattern', body.name_pattern),
  });
  if (!preview.ok) return preview;
  return ok({ value: { kind: 'previewed', preview: preview.value }, version: null, entries: [], ends: [] });
}

function act(
  deps: HttpDeps,
  { context, body }: Call<'force_expire_keys'>,
): Promise<Result<Committed<Outcome>, HttpRefusal>> {
  // The schema has seen to it that both are there; without them nothing is a token of ours.
  const input = { previewToken: body.preview_token ?? '', reason: body.reason ?? 'other', note: body.note ?? null };
  return forceExpireKeys(deps.commands, context, input);
}

function presentPreview({ plan, token, validUntil }: ForceExpirePreview): AnswerOf<'force_expire_keys'> {
  return {
    object: 'force_expire_preview',
    preview_token: token,
    valid_until: formatInstant(validUntil),
    counts: presentCounts(plan.counts),
    by_kind: { ...plan.byKind },
    by_owner: plan.byOwner
      .slice(0, PREVIEW_OWNERS_MOST)
      .map(({ ownerId, keys, inUse }) => ({ owner_id: ownerId, keys, in_use: inUse })),
    has_more_owners: plan.byOwner.length > PREVIEW_OWNERS_MOST,
  };
}
