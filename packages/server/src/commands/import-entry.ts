import { chooseLifespan, lifespanInForce, type Permissions, type Result, Secret, type UserId } from '@claviger/core';
import type { Key, Reader, User } from '@claviger/storage';
import type { ImportEntryRefusal, ImportMistake } from '../refusal.ts';
import type { ActingUser } from './acting-user.ts';
import type { CreateKeyInput } from './create-key.ts';
import type { CommandDeps } from './deps.ts';
import { findManagedUser } from './managed-user.ts';
import { type KeyBounds, parseBounds } from './narrowing-bounds.ts';
import type { ImportedText } from './new-key.ts';
import { narrowingRefusals } from './permission-bounds.ts';
import { permissionsOf } from './user-permissions.ts';

/** A key of another system: what a new key is decided by, and the digest of its text. */
export type ImportEntry = CreateKeyInput & ImportedText;

/** An owner of imported keys, read once for all of them. */
export type ImportOwner = {
  readonly user: User;
  readonly permissions: Permissions;
  /** Keys they have, with those of this import that were found good so far (K3). */
  held: number;
};

/** What became of an entry: a key to make, or what is wrong with it. */
export type Weighed = { readonly entry: ImportEntry; readonly draft: EntryDraft } | readonly ImportMistake[];

type EntryDraft = Required<KeyBounds> &
  Pick<Key, 'kind' | 'name' | 'lifespan' | 'permissions' | 'rateLimit'> & { readonly owner: User };

type Found = Result<ImportOwner, ImportEntryRefusal>;

/** Weighs the entries of an import one after the other, reading each owner once. */
export function createScales(
  deps: Pick<CommandDeps, 'digestOf' | 'keysPerUserMost'>,
  reader: Reader,
  acting: ActingUser,
): { weigh(entry: ImportEntry, index: number): Promise<Weighed> } {
  const owners = new Map<UserId, Found>();
  const ownerOf = async (id: UserId): Promise<Found> => {
    const known = owners.get(id) ?? (await findOwner(reader, acting, id));
    owners.set(id, known);
    return known;
  };
  return {
    weigh: async (entry, index) => {
      const owner = await ownerOf(entry.ownerId ?? acting.user.id);
      const mistakes: Mistake[] = [...textMistakes(deps, entry)];
      const bounds = parseBounds(entry.kind, entry);
      if (!bounds.ok) mistakes.push({ pointer: '', refusal: bounds.refusal }, ...originMistakes(entry, bounds.refusal));
      const lifespan = owner.ok ? lifespanOf(acting, owner.value, entry) : null;
      mistakes.push(...(owner.ok ? ownersMistakes(deps, acting, { owner: owner.value, entry }) : ownerMistake(owner)));
      if (lifespan?.ok === false) mistakes.push({ pointer: '/lifespan_days', refusal: lifespan.refusal });
      if (!owner.ok || !bounds.ok || lifespan?.ok !== true || mistakes.length > 0) {
        return mistakes.map((mistake) => ({ entry: index, ...mistake }));
      }
      owner.value.held += 1;
      const { kind, name, permissions, rateLimit } = entry;
      const { allowedIps, allowedOrigins, metadata } = bounds.value;
      const decided = { kind, name, permissions, rateLimit, allowedIps, allowedOrigins, metadata };
      return { entry, draft: { ...decided, lifespan: lifespan.value, owner: owner.value.user } };
    },
  };
}

type Mistake = Omit<ImportMistake, 'entry'>;

async function findOwner(reader: Reader, acting: ActingUser, userId: UserId): Promise<Found> {
  const found = await findManagedUser(reader, acting, { userId, pointer: '/owner_id' });
  // A refusal of findManagedUser's is one of these two; the union of all refusals is wider.
  if (!found.ok) return { ok: false, refusal: found.refusal as ImportEntryRefusal };
  const user = found.value;
  const permissions = await permissionsOf(reader, user);
  return { ok: true, value: { user, permissions, held: await reader.keys.countOf(user.id) } };
}

function ownerMistake(found: Extract<Found, { readonly ok: false }>): readonly Mistake[] {
  return [{ pointer: '/owner_id', refusal: found.refusal }];
}

/** Lists show hints: whoever sends the whole text as one would publish the key (K8). */
function textMistakes(deps: Pick<CommandDeps, 'digestOf'>, { hint, digest }: ImportEntry): readonly Mistake[] {
  if (deps.digestOf(new Secret(hint)) !== digest) return [];
  return [{ pointer: '/hint', refusal: { kind: 'hint-is-the-text', pointer: '/hint' } }];
}

/** Malformed origins of a master key are told of together with that it takes none. */
function originMistakes({ kind, allowedOrigins }: ImportEntry, told: ImportEntryRefusal): readonly Mistake[] {
  if (kind !== 'master' || allowedOrigins.length === 0 || told.kind === 'origins-on-master-key') return [];
  const pointer = '/allowed_origins';
  return [{ pointer, refusal: { kind: 'origins-on-master-key', pointer } }];
}

/** E5, E7: an import is a path that makes keys like any other. */
function lifespanOf(acting: ActingUser, { user }: ImportOwner, { kind, lifespan }: ImportEntry) {
  return chooseLifespan(lifespanInForce(acting.account.expiration, user.expiration, kind), lifespan, kind);
}

function ownersMistakes(
  { keysPerUserMost: most }: Pick<CommandDeps, 'keysPerUserMost'>,
  acting: ActingUser,
  { owner, entry }: { readonly owner: ImportOwner; readonly entry: ImportEntry },
): readonly Mistake[] {
  const ownerId = owner.user.id;
  const { held, permissions: ownerPermissions } = owner;
  const scope = { ownerId, ownerPermissions, catalogue: acting.account.catalogue };
  const narrowing = narrowingRefusals(entry.permissions, scope).map((refusal) => ({
    pointer: '/permissions',
    refusal,
  }));
  if (held < most) return narrowing;
  return [...narrowing, { pointer: '/owner_id', refusal: { kind: 'too-many-keys', ownerId, held, most } }];
}
