import type { Instant } from '@claviger/core';
import { type Kysely, sql } from 'kysely';
import { StoreFault } from './faults.ts';
import type { Tables } from './schema.ts';
import type { ChangeContext, Reader, Replay, ReplaySlot, StoredAnswer } from './store.ts';

/** Finds the answer of an earlier request under the same idempotency key, unless it is over. */
export function findReplay(db: Kysely<Tables>): Reader['findReplay'] {
  return async (slot, now): Promise<Replay | null> => {
    const row = await db
      .selectFrom('idempotency_records')
      .selectAll()
      .where('credential_id', '=', slot.credentialId)
      .where('route', '=', slot.route)
      .where('key_mac', '=', slot.keyMac)
      .where('expires_at', '>', now)
      .executeTakeFirst();
    if (row === undefined) return null;
    return { bodyMac: row.body_mac, answer: { status: row.status, body: row.body, version: row.version } };
  };
}

/**
 * Takes the slot of an idempotent request, before the counter row: waiting for another request's slot while holding the
 * counter could wait for ever. A record that is over gives way.
 */
export async function takeReplaySlot(db: Kysely<Tables>, context: ChangeContext, slot: ReplaySlot): Promise<void> {
  const row = await db
    .insertInto('idempotency_records')
    .values({
      account_id: context.accountId,
      credential_id: slot.credentialId,
      route: slot.route,
      key_mac: slot.keyMac,
      body_mac: slot.bodyMac,
      status: 0,
      body: '',
      version: null,
      expires_at: slot.expiresAt,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['credential_id', 'route', 'key_mac'])
        .doUpdateSet({ body_mac: slot.bodyMac, expires_at: slot.expiresAt })
        .where('idempotency_records.expires_at', '<=', context.now),
    )
    .returning('credential_id')
    .executeTakeFirst();
  if (row === undefined) throw new StoreFault('replay-taken', 'another request was kept under this idempotency key');
}

/** Writes the answer into the slot that this change has taken. */
export async function keepAnswer(db: Kysely<Tables>, slot: ReplaySlot, answer: StoredAnswer): Promise<void> {
  await db
    .updateTable('idempotency_records')
    .set({ status: answer.status, body: answer.body, version: answer.version })
    .where('credential_id', '=', slot.credentialId)
    .where('route', '=', slot.route)
    .where('key_mac', '=', slot.keyMac)
    .execute();
}

/** Records in one go; deleting more would hold the writer for too long. */
const DROPPED_AT_ONCE = 1_000;

/** Drops records that are over. */
export async function dropOverReplays(db: Kysely<Tables>, now: Instant): Promise<void> {
  await sql`delete from idempotency_records where (credential_id, route, key_mac) in (
    select credential_id, route, key_mac from idempotency_records where expires_at <= ${now}
    order by expires_at limit ${DROPPED_AT_ONCE})`.execute(db);
}
