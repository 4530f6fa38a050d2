import { type AccountId, instant, type InvitationId, type UserId } from '@claviger/core';
import { type Kysely, type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import { type Place, pageOf, placeOf } from './cursor.ts';
import type { Invitation } from './entities.ts';
import type { InvitationsTable, Tables } from './schema.ts';
import type { Page, PageRequest, Reader } from './store.ts';
import { lowerCase } from './users.ts';

/** An invitation's row with what its status needs to know of whoever sent it; both null once they are deleted. */
type InvitationRow = Selectable<InvitationsTable> & {
  readonly inviter_type: string | null;
  readonly inviter_disabled_at: number | null;
};

/** Reads invitations. */
export function invitationReader(db: Kysely<Tables>): Reader['invitations'] {
  return {
    find: (accountId, id) => findInvitation(db, accountId, id),
    findByDigest: async (digest) => {
      const row = await selectInvitations(db).where('invitations.digest', '=', digest).executeTakeFirst();
      return row === undefined ? null : invitationFrom(row);
    },
    unanswered: async (accountId, email) => {
      const rows = await selectInvitations(db)
        .where('invitations.account_id', '=', accountId)
        .where('invitations.email_lower', '=', lowerCase(email))
        .where('invitations.accepted_at', 'is', null)
        .where('invitations.withdrawn_at', 'is', null)
        .orderBy('invitations.created_at', 'desc')
        .orderBy('invitations.id', 'desc')
        .execute();
      return rows.map(invitationFrom);
    },
    list: (accountId, page) => listInvitations(db, accountId, page),
  };
}

/** Finds an invitation of an account, or null. */
export async function findInvitation(
  db: Kysely<Tables>,
  accountId: AccountId,
  id: InvitationId,
): Promise<Invitation | null> {
  const row = await selectInvitations(db)
    .where('invitations.id', '=', id)
    .where('invitations.account_id', '=', accountId)
    .executeTakeFirst();
  return row === undefined ? null : invitationFrom(row);
}

/** An invitation's row. The digest of its present link is in no entity. */
export function invitationRow(invitation: Invitation, digest: string): Selectable<InvitationsTable> {
  return {
    id: invitation.id,
    account_id: invitation.accountId,
    email: invitation.email,
    email_lower: lowerCase(invitation.email),
    name: invitation.name,
    user_type: invitation.userType,
    invited_by: invitation.invitedBy,
    created_at: invitation.createdAt,
    sent_at: invitation.sentAt,
    expires_at: invitation.expiresAt,
    resends: invitation.resends,
    digest,
    accepted_at: invitation.acceptedAt,
    accepted_by: invitation.userId,
    withdrawn_at: invitation.withdrawnAt,
  };
}

function selectInvitations(db: Kysely<Tables>): SelectQueryBuilder<Tables, 'invitations', InvitationRow> {
  return db
    .selectFrom('invitations')
    .leftJoin('users', (join) =>
      join.onRef('users.id', '=', 'invitations.invited_by').onRef('users.account_id', '=', 'invitations.account_id'),
    )
    .selectAll('invitations')
    .select(['users.user_type as inviter_type', 'users.disabled_at as inviter_disabled_at']);
}

function invitationFrom(row: InvitationRow): Invitation {
  return {
    id: row.id as InvitationId,
    accountId: row.account_id as AccountId,
    email: row.email,
    name: row.name,
    userType: row.user_type as Invitation['userType'],
    invitedBy: row.invited_by as UserId,
    inviter:
      row.inviter_type === null
        ? null
        : {
            userType: row.inviter_type as NonNullable<Invitation['inviter']>['userType'],
            disabledAt: row.inviter_disabled_at === null ? null : instant(row.inviter_disabled_at),
          },
    createdAt: instant(row.created_at),
    sentAt: instant(row.sent_at),
    expiresAt: instant(row.expires_at),
    resends: row.resends,
    acceptedAt: row.accepted_at === null ? null : instant(row.accepted_at),
    userId: row.accepted_by as UserId | null,
    withdrawnAt: row.withdrawn_at === null ? null : instant(row.withdrawn_at),
  };
}

async function listInvitations(db: Kysely<Tables>, accountId: AccountId, page: PageRequest): Promise<Page<Invitation>> {
  const after = placeOf(page);
  let query = selectInvitations(db).where('invitations.account_id', '=', accountId);
  if (after !== null) {
    query = query.where(sql<boolean>`(invitations.created_at, invitations.id) < (${after.at}, ${after.id})`);
  }
  const rows = await query
    .orderBy('invitations.created_at', 'desc')
    .orderBy('invitations.id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return pageOf(rows.map(invitationFrom), page.limit, invitationPlace);
}

function invitationPlace(invitation: Invitation): Place {
  return { at: invitation.createdAt, id: invitation.id };
}
