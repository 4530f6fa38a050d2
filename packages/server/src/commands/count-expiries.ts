import { DAY_MS, IN_USE_DAYS, type Instant, instant, type KeyKind, ok, type UserId, utcDayOf } from '@claviger/core';
import type { ExpiryCount } from '@claviger/storage';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';
import { visibleOwners } from './visible-owners.ts';

export type CountExpiriesInput = {
  /** UTC days to count one by one, today being the first. */
  readonly days: number;
  readonly ownerId?: UserId;
  readonly kind?: KeyKind;
};

/** How many keys, by kind, and how many of them are in use. */
export type ExpiryCounts = Readonly<Record<KeyKind, number>> & { readonly inUse: number };
export type ExpiryHistogram = {
  readonly days: readonly { readonly day: number; readonly counts: ExpiryCounts }[];
  readonly later: ExpiryCounts;
  readonly never: ExpiryCounts;
};

/** Counts when the living keys that the caller manages expire (E9, K9); somebody else's are not counted. */
export function countExpiries(
  deps: Pick<CommandDeps, 'read'>,
  context: CommandContext,
  { days, ownerId, kind }: CountExpiriesInput,
): Outcome<ExpiryHistogram> {
  return readAs(deps, context, async (acting, reader) => {
    const { now, account } = acting;
    const today = utcDayOf(now);
    const counted = await reader.keys.countExpiries({
      accountId: account.id,
      ownerIds: await visibleOwners(reader, acting, ownerId),
      ...(kind === undefined ? {} : { kind }),
      now,
      before: instant((today + days) * DAY_MS),
      usedSince: usedSince(now),
    });
    const byDay = Map.groupBy(counted, ({ day }) => day);
    return ok({
      days: Array.from({ length: days }, (_, index) => {
        return { day: today + index, counts: sumOf(byDay.get(today + index)) };
      }),
      later: sumOf(byDay.get(today + days)),
      never: sumOf(byDay.get(null)),
    });
  });
}

/** Before 1970 there was nothing to be used. */
function usedSince(now: Instant): Instant {
  return instant(Math.max(0, now - IN_USE_DAYS * DAY_MS));
}

function sumOf(counts: readonly ExpiryCount[] = []): ExpiryCounts {
  const of = (kind: KeyKind): number => counts.find((count) => count.kind === kind)?.keys ?? 0;
  const inUse = counts.reduce((sum, count) => sum + count.inUse, 0);
  return { master: of('master'), write_only: of('write_only'), inUse };
}
