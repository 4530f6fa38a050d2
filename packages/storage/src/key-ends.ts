import { type AccountId, type KeyId, type Version } from '@claviger/core';
import { type Kysely, sql } from 'kysely';
import { timeOf } from './events.ts';
import type { Tables } from './schema.ts';
import type { KeyEnd } from './store.ts';

/** Ends of keys after a version, from the audit log: it outlives the keys (D3). */
export async function endsAfter(db: Kysely<Tables>, after: Version | null): Promise<readonly KeyEnd[]> {
  let query = db
    .selectFrom('audit_events')
    .select(['version', 'epoch', 'account_id', 'resource_id', 'event_name', 'time'])
    // The very condition of the index on ends.
    .where(sql<boolean>`event_name in ('key.force_expired', 'key.deleted')`)
    .where('result', '=', 'success');
  if (after !== null)
    // Numbers that a lost epoch had used come again in the next one: a later epoch is always after.
    query = query.where(
      sql<boolean>`(cast(epoch as integer) > ${after.epoch} or (epoch = ${String(after.epoch)} and version > ${after.n}))`,
    );
  const rows = await query.orderBy('version').execute();
  return rows.map((row) => ({
    accountId: row.account_id as AccountId,
    keyId: row.resource_id as KeyId,
    how: row.event_name === 'key.deleted' ? 'deleted' : 'force_expired',
    at: timeOf(row),
    version: { epoch: Number(row.epoch), n: row.version },
  }));
}
