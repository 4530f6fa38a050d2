import { type AccountId, formatInstant, instant, type UserId } from '@claviger/core';
import type { Kysely, Selectable } from 'kysely';
import type { SignInLink } from './entities.ts';
import type { SignInLinksTable, Tables } from './schema.ts';
import type { Change, Reader } from './store.ts';
import { note, type Unit } from './unit.ts';

/** Reads the operator's sign-in links. */
export function signInLinkReader(db: Kysely<Tables>): Reader['signInLinks'] {
  return {
    findByDigest: async (digest) => {
      const row = await db.selectFrom('sign_in_links').selectAll().where('digest', '=', digest).executeTakeFirst();
      return row === undefined ? null : linkFrom(row);
    },
  };
}

/** Changes the operator's sign-in links. */
export function signInLinkChanges(unit: Unit): Change['signInLinks'] {
  return { create: (link) => createLink(unit, link), redeem: (link) => redeemLink(unit, link) };
}

async function createLink(unit: Unit, link: SignInLink): Promise<void> {
  await unit.db
    .updateTable('sign_in_links')
    .set({ ended_at: unit.context.now })
    .where('user_id', '=', link.userId)
    .where('ended_at', 'is', null)
    .execute();
  await unit.db.insertInto('sign_in_links').values(rowOf(link)).execute();
  noteLink(unit, 'sign_in_link.created', link);
}

/** In one statement: of two requests with the same link, one gets it. */
async function redeemLink(unit: Unit, link: SignInLink): Promise<'redeemed' | 'already-ended'> {
  const { numUpdatedRows } = await unit.db
    .updateTable('sign_in_links')
    .set({ ended_at: unit.context.now })
    .where('digest', '=', link.digest)
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) return 'already-ended';
  noteLink(unit, 'sign_in_link.redeemed', link);
  return 'redeemed';
}

function noteLink(unit: Unit, name: string, { accountId, userId, endsAt }: SignInLink): void {
  const end = formatInstant(endsAt);
  const isNew = name === 'sign_in_link.created';
  note(
    unit,
    {
      name,
      affectedUserId: userId,
      resourceId: userId,
      keyKind: null,
      changes: [{ attribute: 'ends_at', old: isNew ? null : end, new: isNew ? end : null }],
    },
    { accountId },
  );
}

function rowOf(link: SignInLink): Selectable<SignInLinksTable> {
  return {
    digest: link.digest,
    account_id: link.accountId,
    user_id: link.userId,
    created_at: link.createdAt,
    ends_at: link.endsAt,
    ended_at: link.endedAt,
  };
}

function linkFrom(row: Selectable<SignInLinksTable>): SignInLink {
  return {
    digest: row.digest,
    accountId: row.account_id as AccountId,
    userId: row.user_id as UserId,
    createdAt: instant(row.created_at),
    endsAt: instant(row.ends_at),
    endedAt: row.ended_at === null ? null : instant(row.ended_at),
  };
}
