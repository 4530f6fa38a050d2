import { changesBetween } from '@claviger/core';
import type { Updateable } from 'kysely';
import type { Key } from './entities.ts';
import { keyAttributes } from './event-attributes.ts';
import { keyDeletedRecord, keyRecord } from './feed-records.ts';
import { findKey, keyRow, secretsOf } from './keys.ts';
import type { KeysTable } from './schema.ts';
import { note, type PendingEvent, type Unit } from './unit.ts';

/** The key as it is now, inside the change: what the command holds may be older than what the same change has done since. */
export async function currentKey(unit: Unit, key: Pick<Key, 'accountId' | 'id'>): Promise<Key> {
  const current = await findKey(unit.db, key.accountId, key.id);
  if (current === null) throw new Error(`there is no key ${key.id} to change`);
  return current;
}

/** Writes what differs between two states of a key, with its event and record; writes nothing when nothing does. */
export async function writeKey(
  unit: Unit,
  eventName: string,
  step: { readonly before: Key; readonly after: Key; readonly end?: PendingEvent['end'] },
): Promise<void> {
  const { before, after, end = null } = step;
  const columns = changedColumns(before, after);
  if (Object.keys(columns).length === 0) return;
  await unit.db.updateTable('keys').set(columns).where('id', '=', before.id).execute();
  const secrets = await secretsOf(unit.db, before.id);
  note(
    unit,
    {
      name: eventName,
      affectedUserId: after.ownerId,
      resourceId: after.id,
      keyKind: after.kind,
      changes: changesBetween(keyAttributes(before), keyAttributes(after)),
    },
    { accountId: after.accountId, record: keyRecord(after, secrets, unit.deps) ?? keyDeletedRecord(after), end },
  );
}

/** Only what differs: `last_used_at` is written by flushes that wait for no change, and must not be put back. */
function changedColumns(before: Key, after: Key): Updateable<KeysTable> {
  const old: Readonly<Record<string, unknown>> = keyRow(before);
  return Object.fromEntries(Object.entries(keyRow(after)).filter(([column, value]) => value !== old[column]));
}
