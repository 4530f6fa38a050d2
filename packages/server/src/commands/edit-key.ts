import { type KeyId, ok } from '@claviger/core';
import type { KeyEdit, Reader } from '@claviger/storage';
import type { ActingUser } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { isChanging } from './is-changing.ts';
import { findManagedKey, type ManagedKey } from './managed-key.ts';
import { parseBounds } from './narrowing-bounds.ts';
import type { CommandOutcome, Outcome } from './outcome.ts';
import { checkNarrowing } from './permission-bounds.ts';
import { changeAs } from './run-as.ts';
import { type ShownKey, shownAfterChange } from './shown-key.ts';
import { permissionsOf } from './user-permissions.ts';

/** Absent fields stay as they are; `permissions` null takes the narrowing away, `[]` permits nothing. */
export type EditKeyInput = { readonly keyId: KeyId; readonly edit: KeyEdit };

/**
 * Edits a key's name, metadata and narrowing; narrower or wider, always within its owner's rights (K5, P6).
 * Kind, owner and expiry are no part of an edit: no call moves an expiry (E4).
 */
export function editKey(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  input: EditKeyInput,
): CommandOutcome<ShownKey> {
  return changeAs(deps, context, async (acting, change) => {
    const managed = await findManagedKey(change.read, acting, input.keyId);
    if (!managed.ok) return managed;
    const edit = await decide(change.read, acting, { ...managed.value, edit: input.edit });
    if (!edit.ok) return edit;
    if (isChanging(managed.value.key, edit.value)) await change.keys.edit(managed.value.key, edit.value);
    return ok(await shownAfterChange(change.read, acting, managed.value));
  });
}

async function decide(
  reader: Reader,
  acting: ActingUser,
  { key, owner, edit }: ManagedKey & { readonly edit: KeyEdit },
): Outcome<KeyEdit> {
  const bounds = parseBounds(key.kind, edit);
  if (!bounds.ok) return bounds;
  const { catalogue } = acting.account;
  const scope = { ownerId: owner.id, ownerPermissions: await permissionsOf(reader, owner), catalogue };
  const permissions = checkNarrowing(edit.permissions ?? null, scope);
  if (!permissions.ok) return permissions;
  return bounds;
}
