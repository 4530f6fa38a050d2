import type { AuditEvent, KeyId } from '@claviger/core';
import type { Key, Reader, User } from '@claviger/storage';
import type { ActingUser } from './acting-user.ts';
import { allPages } from './all-pages.ts';
import { keysOf } from './keys-of.ts';

/**
 * The keys of a user whose secret somebody else may know, and which must not rise with their owner (U3): those that
 * somebody else created, rotated or owned before, and those that such a key created or rotated, directly or through others.
 * A key whose maker is deleted by now counts as well: nobody can tell any more who had the deleted one.
 */
export async function keysKnownToOthers(
  reader: Reader,
  acting: Pick<ActingUser, 'account' | 'now'>,
  owner: User,
): Promise<readonly Key[]> {
  const keys = await keysOf(reader, acting, owner);
  const rotations = await rotationsOf(reader, owner);
  const reassigned = await reassignedTo(reader, owner);
  const own = new Set<string>(keys.map((key) => key.id));
  const known = new Set<string>(reassigned);
  const isTelling = (maker: Maker): boolean =>
    maker.isStranger || (maker.keyId !== null && (!own.has(maker.keyId) || known.has(maker.keyId)));
  // Each round takes in what known keys made; the round that finds nothing more is the last.
  for (let before = -1; before < known.size; ) {
    before = known.size;
    for (const key of keys) if (makersOf(key, rotations).some(isTelling)) known.add(key.id);
  }
  return keys.filter((key) => known.has(key.id));
}

/** Who made one of a key's secrets: somebody else, the owner themselves (null), or one of the owner's keys. */
type Maker = { readonly isStranger: boolean; readonly keyId: KeyId | null };
type Rotations = ReadonlyMap<string, readonly Maker[]>;

function makersOf(key: Key, rotations: Rotations): readonly Maker[] {
  const creator = { isStranger: key.createdBy !== key.ownerId, keyId: key.createdByKeyId };
  return [creator, ...(rotations.get(key.id) ?? [])];
}

/** Who rotated which of a user's keys; the audit log is where that is kept (A1). */
async function rotationsOf(reader: Reader, owner: User): Promise<Rotations> {
  const filter = { accountId: owner.accountId, visibleTo: owner.id, eventName: 'key.rotated' };
  const events = await allPages((page) => reader.events.list(filter, page));
  const rotations = new Map<string, Maker[]>();
  for (const event of events) {
    if (event.resourceId === null) continue;
    rotations.set(event.resourceId, [...(rotations.get(event.resourceId) ?? []), rotatorOf(event, owner)]);
  }
  return rotations;
}

/** The keys that somebody else owned before: that user knew them, and whoever had got them from that user (U4). */
async function reassignedTo(reader: Reader, owner: User): Promise<readonly string[]> {
  const filter = { accountId: owner.accountId, visibleTo: owner.id, eventName: 'key.reassigned' };
  const events = await allPages((page) => reader.events.list(filter, page));
  return events.map((event) => event.resourceId).filter((id) => id !== null);
}

function rotatorOf({ origin: { actor } }: AuditEvent, owner: User): Maker {
  const isOwner = actor.kind === 'user' && actor.userId === owner.id;
  return isOwner ? { isStranger: false, keyId: actor.keyId } : { isStranger: true, keyId: null };
}
