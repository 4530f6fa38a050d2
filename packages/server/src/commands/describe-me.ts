import { effectivePermissions, ok, PAGE_LARGEST, type Permission, type Result } from '@claviger/core';
import type { Account, Key, Page, Reader, User } from '@claviger/storage';
import type { Refusal } from '../refusal.ts';
import { type ActingUser, actingUser } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { Outcome } from './outcome.ts';
import { remindedOwners } from './reminded-owners.ts';
import { type ShownKey, shownKeys } from './shown-key.ts';
import { permissionsOf } from './user-permissions.ts';

/** Who asks, what that credential may do, and which of the user's keys are about to expire. */
export type Me = {
  readonly account: Account;
  readonly user: User;
  /** With a narrowed key: what that key may do, not what its owner may. */
  readonly permissions: readonly Permission[];
  /** The keys that the portal's banner names (R3), at most a page of them: the user's, and those of service accounts they answer for. */
  readonly expiring: readonly ShownKey[];
  /** Whether there are more of them. */
  readonly isMoreExpiring: boolean;
};

/** Describes the caller to themselves; the one thing that a narrowed key may read (K14). */
export function describeMe(deps: Pick<CommandDeps, 'read'>, context: CommandContext): Outcome<Me> {
  return deps.read<Result<Me, Refusal>>(async (reader) => {
    const acting = await actingUser(reader, context);
    return acting.ok ? ok(await describe(reader, acting.value)) : acting;
  });
}

async function describe(reader: Reader, acting: ActingUser): Promise<Me> {
  const { account, user } = acting;
  const narrowing = await narrowingOf(reader, acting);
  const held = await permissionsOf(reader, user);
  const permissions = effectivePermissions({ kind: 'master', narrowing }, held, account.catalogue);
  const { items, nextCursor } = await expiringKeys(reader, acting);
  const expiring = await shownKeys(reader, acting, items);
  return { account, user, permissions, expiring, isMoreExpiring: nextCursor !== null };
}

async function narrowingOf(reader: Reader, { account, credential }: ActingUser): Promise<Key['permissions']> {
  if (credential.kind === 'session') return null;
  const key = await reader.keys.find(account.id, credential.keyId);
  // Read a moment ago by `actingUser`; if it were gone, nothing is the safe answer.
  return key === null ? [] : key.permissions;
}

async function expiringKeys(reader: Reader, { account, user, now }: ActingUser): Promise<Page<Key>> {
  const { reminderDays } = account;
  const ownerIds = await remindedOwners(reader, user);
  const filter = { accountId: account.id, ownerIds, status: 'expiring', now, reminderDays } as const;
  return reader.keys.list(filter, { cursor: null, limit: PAGE_LARGEST });
}
