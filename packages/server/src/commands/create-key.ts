import { chooseLifespan, type KeyKind, type Lifespan, lifespanInForce, ok, refuse, type UserId } from '@claviger/core';
import type { Change, Key, Reader, User } from '@claviger/storage';
import type { ActingUser } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { findManagedUser } from './managed-user.ts';
import { type KeyBounds, parseBounds } from './narrowing-bounds.ts';
import { creatorOf, insertKey, type SecretDeps } from './new-key.ts';
import type { CommandOutcome, Outcome } from './outcome.ts';
import { checkNarrowing } from './permission-bounds.ts';
import { changeAs } from './run-as.ts';
import { type KeyWithSecret, shownKey } from './shown-key.ts';
import { permissionsOf } from './user-permissions.ts';

export type CreateKeyInput = Pick<Key, 'permissions' | 'rateLimit'> &
  Required<KeyBounds> & {
    readonly kind: KeyKind;
    readonly name: string;
    /** Null is the caller. */
    readonly ownerId: UserId | null;
    /** Undefined asks for nothing and gets the policy in force; null asks for "never" (E5). */
    readonly lifespan: Lifespan | undefined;
  };

/** What creating a key takes. */
export type CreateKeyDeps = SecretDeps & Pick<CommandDeps, 'change' | 'keysPerUserMost'>;

/**
 * Creates a key for the caller or for a user they manage (K3, U3), under the expiration policy in force (E5, E7) and within
 * its owner's rights (K5, P6). The answer holds the only copy of the secret there will ever be (K7).
 */
export function createKey(
  deps: CreateKeyDeps,
  context: CommandContext,
  input: CreateKeyInput,
): CommandOutcome<KeyWithSecret> {
  return changeAs(deps, context, async (acting, change) => {
    const owner = await ownerOf(change.read, acting, input);
    if (!owner.ok) return owner;
    const room = await checkRoom(deps, change.read, owner.value);
    if (!room.ok) return room;
    const decided = await decide(change.read, acting, { input, owner: owner.value });
    if (!decided.ok) return decided;
    return insert(deps, change, { acting, owner: owner.value, ...decided.value });
  });
}

type Decided = Required<KeyBounds> & Pick<Key, 'kind' | 'name' | 'lifespan' | 'permissions' | 'rateLimit'>;

async function insert(
  deps: CreateKeyDeps,
  change: Change,
  { acting, owner, ...decided }: Decided & { readonly acting: ActingUser; readonly owner: User },
): Outcome<KeyWithSecret> {
  const draft = { ...decided, ...creatorOf(acting), owner, now: acting.now };
  const { key, secret } = await insertKey(deps, change, draft);
  return ok({ ...shownKey({ key, owner }, acting), secret });
}

async function ownerOf(reader: Reader, acting: ActingUser, input: CreateKeyInput): Outcome<User> {
  if (input.ownerId === null) return ok(acting.user);
  return findManagedUser(reader, acting, { userId: input.ownerId, pointer: '/owner_id' });
}

async function checkRoom(deps: CreateKeyDeps, reader: Reader, owner: User): Outcome<User> {
  const held = await reader.keys.countOf(owner.id);
  if (held < deps.keysPerUserMost) return ok(owner);
  return refuse({ kind: 'too-many-keys', ownerId: owner.id, held, most: deps.keysPerUserMost });
}

async function decide(
  reader: Reader,
  acting: ActingUser,
  { input, owner }: { readonly input: CreateKeyInput; readonly owner: User },
): Outcome<Decided> {
  const { kind, name, rateLimit, allowedIps, allowedOrigins, metadata } = input;
  const bounds = parseBounds(kind, { allowedIps, allowedOrigins, metadata });
  if (!bounds.ok) return bounds;
  const { catalogue, expiration } = acting.account;
  const scope = { ownerId: owner.id, ownerPermissions: await permissionsOf(reader, owner), catalogue };
  const permissions = checkNarrowing(input.permissions, scope);
  if (!permissions.ok) return permissions;
  const lifespan = chooseLifespan(lifespanInForce(expiration, owner.expiration, kind), input.lifespan, kind);
  if (!lifespan.ok) return lifespan;
  return ok({ kind, name, rateLimit, ...bounds.value, permissions: permissions.value, lifespan: lifespan.value });
}
