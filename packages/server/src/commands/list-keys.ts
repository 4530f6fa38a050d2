import { DAY_MS, instant, isAdministrative, type Instant, type KeyKind, ok, type UserId } from '@claviger/core';
import type { KeyFilter, Page, PageRequest, Reader } from '@claviger/storage';
import type { ActingUser } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';
import { type ShownKey, shownKeys } from './shown-key.ts';

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

/** Whose keys the caller may see: of everybody (null), of restricted users and their own, or their own (U3). */
async function visibleOwners(
  reader: Reader,
  { user, account }: ActingUser,
  asked: UserId | undefined,
): Promise<readonly UserId[] | null> {
  const visible = await managedOwners(reader, { user, account });
  if (asked === undefined) return visible;
  return visible === null || visible.includes(asked) ? [asked] : [];
}

async function managedOwners(
  reader: Reader,
  { user, account }: Pick<ActingUser, 'user' | 'account'>,
): Promise<readonly UserId[] | null> {
  if (user.userType === 'owner') return null;
  if (!isAdministrative(user.userType)) return [user.id];
  return [user.id, ...(await reader.users.restrictedIds(account.id))];
}
