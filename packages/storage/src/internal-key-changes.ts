import { type AccountId, type AttributeChange, changesBetween, type InternalKeyId } from '@claviger/core';
import type { InternalKey, NewSecret } from './entities.ts';
import { absent, internalKeyAttributes } from './event-attributes.ts';
import { internalKeyRecord } from './feed-records.ts';
import { internalKeyFrom, type InternalKeyRow, selectInternalKeys } from './internal-keys.ts';
import { sealedInternalKey } from './sealed-rows.ts';
import type { Change } from './store.ts';
import { note, type Unit } from './unit.ts';

/** Changes internal keys. Their events stand in the installation's own log: no account sees them (K11). */
export function internalKeyChanges(unit: Unit): Change['internalKeys'] {
  return {
    create: (key, secret) => createInternalKey(unit, key, secret),
    bind: (id, accountId) => bindInternalKey(unit, id, accountId),
    end: (id) => endInternalKey(unit, id),
  };
}

async function createInternalKey(unit: Unit, key: InternalKey, secret: NewSecret): Promise<void> {
  const { id, purpose, createdAt, endedAt } = key;
  const row = { id, purpose, digest: secret.digest, seal: secret.seal, created_at: createdAt, ended_at: endedAt };
  await unit.db.insertInto('internal_keys').values(row).execute();
  for (const accountId of key.accountIds) await insertBinding(unit, id, accountId);
  const attributes = internalKeyAttributes(key);
  await noteInternalKey(unit, id, {
    name: 'internal_key.created',
    changes: changesBetween(absent(attributes), attributes),
  });
}

async function bindInternalKey(unit: Unit, id: InternalKeyId, accountId: AccountId): Promise<void> {
  const before = internalKeyFrom(await currentRow(unit, id));
  if (before.accountIds.includes(accountId)) return;
  await insertBinding(unit, id, accountId);
  const after = internalKeyFrom(await currentRow(unit, id));
  const changes = changesBetween(internalKeyAttributes(before), internalKeyAttributes(after));
  await noteInternalKey(unit, id, { name: 'internal_key.bound', changes });
}

async function endInternalKey(unit: Unit, id: InternalKeyId): Promise<'ended' | 'already-ended'> {
  const before = internalKeyFrom(await currentRow(unit, id));
  if (before.endedAt !== null) return 'already-ended';
  const endedAt = unit.context.now;
  await unit.db.updateTable('internal_keys').set({ ended_at: endedAt }).where('id', '=', id).execute();
  const changes = changesBetween(internalKeyAttributes(before), internalKeyAttributes({ ...before, endedAt }));
  await noteInternalKey(unit, id, { name: 'internal_key.ended', changes });
  return 'ended';
}

async function noteInternalKey(
  unit: Unit,
  id: InternalKeyId,
  event: { readonly name: string; readonly changes: readonly AttributeChange[] },
): Promise<void> {
  const row = await currentRow(unit, id);
  const key = internalKeyFrom(row);
  const isSealed = unit.deps.isSealed(sealedInternalKey(key, row.digest), row.seal);
  if (!isSealed) unit.deps.onBrokenSeal(id);
  note(
    unit,
    { ...event, affectedUserId: null, resourceId: id, keyKind: 'internal' },
    // A row that somebody else wrote is told of as ended, whatever it says (K7).
    { accountId: null, record: internalKeyRecord(isSealed ? key : { ...key, endedAt: unit.context.now }, row.digest) },
  );
}

async function currentRow(unit: Unit, id: InternalKeyId): Promise<InternalKeyRow> {
  const row = await selectInternalKeys(unit.db).where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new Error(`there is no internal key ${id} to change`);
  return row;
}

async function insertBinding(unit: Unit, id: InternalKeyId, accountId: AccountId): Promise<void> {
  await unit.db.insertInto('internal_key_accounts').values({ account_id: accountId, internal_key_id: id }).execute();
}
