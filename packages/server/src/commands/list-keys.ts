import { DAY_MS, instant, type Instant, type KeyKind, ok, type UserId } from '@claviger/core';
import type { KeyFilter, Page, PageRequest } from '@claviger/storage';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';
import { type ShownKey, shownKeys } from './shown-key.ts';
import { visibleOwners } from './visible-owners.ts';

/** Absent filters do not filter. */
export type ListKeysInput = {
  readonly page: PageRequest;
  readonly ownerId?: UserId;
  readonly kind?: KeyKind;
  readonly status?: 'active' | 'expiring' | 'disabled' | 'expired';
  readonly expiresBefore?: Instant;
  /** Whole days without use; a key that was never used counts from its creation. */
  readonly unusedDays?: number;
  readonly text?: string;
};

/** Lists the keys that the caller may manage, newest first (K9); asking for somebody else's finds nothing. */
export function listKeys(
  deps: Pick<CommandDeps, 'read'>,
  context: CommandContext,
  input: ListKeysInput,
): Outcome<Page<ShownKey>> {
  return readAs(deps, context, async (acting, reader) => {
    const { page, ownerId, unusedDays, ...narrower } = input;
    const filter: KeyFilter = {
      ...narrower,
      accountId: acting.account.id,
      ownerIds: await visibleOwners(reader, acting, ownerId),
      now: acting.now,
      reminderDays: acting.account.reminderDays,
      // Before 1970 there was nothing to be used.
      ...(unusedDays === undefined ? {} : { unusedSince: instant(Math.max(0, acting.now - unusedDays * DAY_MS)) }),
    };
    const { items, nextCursor } = await reader.keys.list(filter, page);
    return ok({ items: await shownKeys(reader, acting, items), nextCursor });
  });
}
