import { changesBetween, type DisabledReason, type ForcedExpiry, type KeyId } from '@claviger/core';
import type { Key, KeyEdit, NewKey } from './entities.ts';
import { absent, keyAttributes } from './event-attributes.ts';
import { keyDeletedRecord, keyRecord } from './feed-records.ts';
import { forceExpireMany, shortenExpiries } from './key-bulk.ts';
import { reassignKey } from './key-reassignment.ts';
import { finishRotation, rotateKey } from './key-rotation.ts';
import { createdKey, keyRow, type SecretRow } from './keys.ts';
import { prepareInsert, prepareQuery } from './prepared.ts';
import type { Change } from './store.ts';
import { note, type Unit } from './unit.ts';
import { isUsed, keepUsedDigests } from './used-digests.ts';
import { currentKey, writeKey } from './write-key.ts';

const insertKey = prepareInsert('keys', 'id');
const insertSecret = prepareInsert('key_secrets');
const insertSecretUnlessTaken = prepareInsert('key_secrets', 'digest');
const selectTombstone = prepareQuery((db, { id }: { readonly id: KeyId }) =>
  db.selectFrom('tombstones').select('key_id').where('key_id', '=', id),
);

/** Changes keys. */
export function keyChanges(unit: Unit): Change['keys'] {
  return {
    create: (key) => createKey(unit, key),
    createImported: (key) => importKey(unit, key),
    forceExpire: (key, end) => forceExpireKey(unit, key, end),
    forceExpireMany: (keys, end) => forceExpireMany(unit, keys, end),
    shortenExpiries: (account, to) => shortenExpiries(unit, account, to),
    delete: (key) => deleteKey(unit, key),
    disable: (key, reason) => disableKey(unit, key, reason),
    enable: (key) => enableKey(unit, key),
    edit: (key, to) => editKey(unit, key, to),
    rotate: (key, to) => rotateKey(unit, key, to),
    finishRotation: (key) => finishRotation(unit, key),
    reassign: (key, to) => reassignKey(unit, key, to),
  };
}

async function createKey(unit: Unit, newKey: NewKey): Promise<'created' | 'id-used'> {
  const key = createdKey(newKey);
  if (!(await insertUnderUnusedId(unit, key))) return 'id-used';
  const secret = firstSecret(key, newKey.secret);
  await insertSecret(unit.db, secret);
  noteNewKey(unit, { key, secret, eventName: 'key.created' });
  return 'created';
}

/** As `createKey`, but somebody else chose the text, so it may be one that is or was the text of a key (K13). */
async function importKey(unit: Unit, newKey: NewKey): Promise<'imported' | 'id-used' | 'digest-taken'> {
  const key = createdKey(newKey);
  if (!(await insertUnderUnusedId(unit, key))) return 'id-used';
  const secret = firstSecret(key, newKey.secret);
  // On PostgreSQL the insert waits for whoever is just importing or deleting the same text, so it comes before the look.
  const { numAffectedRows } = await insertSecretUnlessTaken(unit.db, secret);
  if (numAffectedRows !== 1n || (await isUsed(unit.db, secret.digest))) {
    await unit.db.deleteFrom('key_secrets').where('key_id', '=', key.id).execute();
    await unit.db.deleteFrom('keys').where('id', '=', key.id).execute();
    return 'digest-taken';
  }
  noteNewKey(unit, { key, secret, eventName: 'key.imported' });
  return 'imported';
}

function firstSecret(key: Key, { digest, seal }: NewKey['secret']): SecretRow {
  return {
    digest,
    account_id: key.accountId,
    key_id: key.id,
    seal,
    hint: key.hint,
    created_at: key.createdAt,
    ends_at: null,
    is_current: 1,
  };
}

function noteNewKey(
  unit: Unit,
  { key, secret, eventName }: { readonly key: Key; readonly secret: SecretRow; readonly eventName: string },
): void {
  const attributes = keyAttributes(key);
  note(
    unit,
    {
      name: eventName,
      affectedUserId: key.ownerId,
      resourceId: key.id,
      keyKind: key.kind,
      changes: changesBetween(absent(attributes), attributes),
    },
    { accountId: key.accountId, record: keyRecord(key, [secret], unit.deps) ?? keyDeletedRecord(key) },
  );
}

/**
 * An id that was ever used is never used again (K10). The row goes in before the tombstones are looked at: on PostgreSQL
 * the insert waits for a change that is just deleting the key of this id, and its tombstone is there afterwards.
 */
async function insertUnderUnusedId(unit: Unit, key: Key): Promise<boolean> {
  const { numAffectedRows } = await insertKey(unit.db, keyRow(key));
  if (numAffectedRows !== 1n) return false;
  const { rows } = await selectTombstone(unit.db, { id: key.id });
  if (rows.length === 0) return true;
  await unit.db.deleteFrom('keys').where('id', '=', key.id).execute();
  return false;
}

/** A key past its lifespan is force-expired all the same: should a clock have run ahead, the forced end still holds (X1, E9). */
async function forceExpireKey(unit: Unit, key: Key, end: ForcedExpiry): Promise<'force-expired' | 'already-expired'> {
  const before = await currentKey(unit, key);
  if (before.forcedExpiry !== null) return 'already-expired';
  await writeKey(unit, 'key.force_expired', {
    before,
    after: { ...before, forcedExpiry: end },
    end: { keyId: key.id, how: 'force_expired' },
  });
  return 'force-expired';
}

async function deleteKey(unit: Unit, key: Key): Promise<void> {
  const before = await currentKey(unit, key);
  await keepUsedDigests(unit.db, key);
  await unit.db.deleteFrom('key_secrets').where('key_id', '=', key.id).execute();
  await unit.db.deleteFrom('keys').where('id', '=', key.id).execute();
  await unit.db
    .insertInto('tombstones')
    .values({
      key_id: key.id,
      account_id: before.accountId,
      created_by_key_id: before.createdByKeyId,
      deleted_at: unit.context.now,
      version: null,
    })
    .execute();
  const attributes = keyAttributes(before);
  note(
    unit,
    {
      name: 'key.deleted',
      affectedUserId: before.ownerId,
      resourceId: before.id,
      keyKind: before.kind,
      changes: changesBetween(attributes, absent(attributes)),
    },
    { accountId: before.accountId, record: keyDeletedRecord(before), end: { keyId: key.id, how: 'deleted' } },
  );
}

/** A promotion takes over a key that is disabled on request: otherwise enabling it would skip the rotation (U3). */
async function disableKey(unit: Unit, key: Key, reason: DisabledReason): Promise<'disabled' | 'already-disabled'> {
  const before = await currentKey(unit, key);
  const isStricter = reason === 'promotion' && before.disabledReason !== 'promotion';
  if (before.disabledAt !== null && !isStricter) return 'already-disabled';
  const after: Key = { ...before, disabledAt: before.disabledAt ?? unit.context.now, disabledReason: reason };
  await writeKey(unit, 'key.disabled', { before, after });
  return 'disabled';
}

async function enableKey(unit: Unit, key: Key): Promise<'enabled' | 'not-disabled'> {
  const before = await currentKey(unit, key);
  if (before.disabledAt === null) return 'not-disabled';
  const after: Key = { ...before, disabledAt: null, disabledReason: null, enabledAt: unit.context.now };
  await writeKey(unit, 'key.enabled', { before, after });
  return 'enabled';
}

async function editKey(unit: Unit, key: Key, to: KeyEdit): Promise<void> {
  const before = await currentKey(unit, key);
  await writeKey(unit, 'key.changed', { before, after: { ...before, ...to } });
}
