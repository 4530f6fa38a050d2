import { type AccountId, instant, type SessionId, type UserId } from '@claviger/core';
import type { Kysely, Selectable } from 'kysely';
import type { Session } from './entities.ts';
import { prepareQuery } from './prepared.ts';
import type { SessionsTable, Tables } from './schema.ts';
import type { Reader } from './store.ts';

const selectByDigest = prepareQuery((db, { digest }: { readonly digest: string }) =>
  db.selectFrom('sessions').selectAll().where('digest', '=', digest),
);

/** Reads sessions. */
export function sessionReader(db: Kysely<Tables>): Reader['sessions'] {
  return {
    findByDigest: async (digest) => {
      const [row] = (await selectByDigest(db, { digest })).rows;
      return row === undefined ? null : sessionFrom(row);
    },
    find: (accountId, id) => findSession(db, accountId, id),
    listOf: async (userId) => {
      const rows = await db
        .selectFrom('sessions')
        .selectAll()
        .where('user_id', '=', userId)
        .where('ended_at', 'is', null)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .execute();
      return rows.map(sessionFrom);
    },
  };
}

/** Finds a session of an account, or null. */
export async function findSession(db: Kysely<Tables>, accountId: AccountId, id: SessionId): Promise<Session | null> {
  const row = await db
    .selectFrom('sessions')
    .selectAll()
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return row === undefined ? null : sessionFrom(row);
}

/** A session's row. */
export function sessionRow(session: Session): Selectable<SessionsTable> {
  return {
    id: session.id,
    account_id: session.accountId,
    user_id: session.userId,
    digest: session.digest,
    created_at: session.createdAt,
    last_seen_at: session.lastSeenAt,
    proven_at: session.provenAt,
    ended_at: session.endedAt,
    ip_address: session.ipAddress,
    user_agent: session.userAgent,
  };
}

function sessionFrom(row: Selectable<SessionsTable>): Session {
  return {
    id: row.id as SessionId,
    accountId: row.account_id as AccountId,
    userId: row.user_id as UserId,
    digest: row.digest,
    createdAt: instant(row.created_at),
    lastSeenAt: instant(row.last_seen_at),
    provenAt: instant(row.proven_at),
    endedAt: row.ended_at === null ? null : instant(row.ended_at),
    ipAddress: row.ip_address,
    userAgent: row.user_agent,
  };
}
