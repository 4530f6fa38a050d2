import { DAY_MS, type Instant, instant, ok, plusMs, PREVIEW_MS } from '@claviger/core';
import type { CommandContext, CommandDeps } from './deps.ts';
import { digestOfEnding, type EndingPlan, type EndingTerms, workOutEnding } from './force-expire-plan.ts';
import type { Outcome } from './outcome.ts';
import { makePreviewToken } from './preview-token.ts';
import { readAs } from './run-as.ts';

/** Which keys to end; the caller sees to it that there is at least one condition. */
export type PreviewForceExpireInput = Omit<EndingTerms, 'unusedSince'> & {
  /** Whole days without use. */
  readonly unusedDays?: number;
};

/** What a preview shows. */
export type ForceExpirePreview = { readonly plan: EndingPlan; readonly token: string; readonly validUntil: Instant };

/** Shows how many keys of whom would be force-expired, and ends none (X6). */
export function previewForceExpire(
  deps: Pick<CommandDeps, 'read' | 'sealer'>,
  context: CommandContext,
  { unusedDays, ...rest }: PreviewForceExpireInput,
): Outcome<ForceExpirePreview> {
  return readAs(deps, context, async (acting, reader) => {
    const { now: at, certainNow } = acting;
    const terms: EndingTerms = {
      ...rest,
      // By certain time: to a clock that has run ahead every key is long unused (E9). Before 1970 nothing was used.
      ...(unusedDays === undefined ? {} : { unusedSince: instant(Math.max(0, certainNow - unusedDays * DAY_MS)) }),
    };
    const { plan } = await workOutEnding(reader, acting, { at, terms });
    const previewed = { at, terms, planDigest: digestOfEnding(deps, plan.keys) };
    const token = makePreviewToken(deps, acting, { act: 'force-expire-keys', ...previewed });
    return ok({ plan, token, validUntil: plusMs(at, PREVIEW_MS) });
  });
}
