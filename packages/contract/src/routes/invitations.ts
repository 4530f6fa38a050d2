import type { Route } from '../route.ts';
import { acceptInvitationBody, createInvitationBody, invitationObject } from '../schemas/invitations.ts';
import { listOf, pageQuery } from '../schemas/page.ts';
import { userWithKeys } from '../schemas/users.ts';
import { FOR_ADMINISTRATIVE, FOR_NOBODY } from './shared.ts';

const INVITATIONS = { ...FOR_ADMINISTRATIVE, group: 'Users' } as const satisfies Partial<Route>;

/** Invitations: how people become users (U2). */
export const INVITATION_ROUTES = {
  list_invitations: {
    ...INVITATIONS,
    method: 'GET',
    path: '/v1/invitations',
    summary: 'List invitations',
    description: 'Newest first, also those that are over.',
    query: pageQuery,
    answer: { status: 200, schema: listOf(invitationObject) },
    problems: ['bad_cursor'],
  },
  create_invitation: {
    ...INVITATIONS,
    method: 'POST',
    path: '/v1/invitations',
    summary: 'Invite a person by e-mail',
    description:
      'Sends a link that works once, for 7 days. Inviting an administrator needs a session with fresh proof, as a promotion does.',
    isSensitive: 'when_administrator',
    isIdempotent: true,
    body: createInvitationBody,
    answer: { status: 201, schema: invitationObject },
    events: ['user.invited'],
    problems: ['invitation_pending', 'user_exists'],
  },
  resend_invitation: {
    ...INVITATIONS,
    method: 'POST',
    path: '/v1/invitations/{id}/resend',
    summary: 'Send an invitation again',
    description:
      'Sends a new link that works for 7 days from now; the one before works no more. Expired invitations can be sent again, ' +
      'accepted and withdrawn ones cannot.',
    target: 'invitation',
    isSensitive: 'when_administrator',
    isIdempotent: true,
    answer: { status: 200, schema: invitationObject },
    events: ['invitation.resent'],
    problems: ['invitation_pending', 'user_exists', 'invitation_over'],
  },
  withdraw_invitation: {
    ...INVITATIONS,
    method: 'DELETE',
    path: '/v1/invitations/{id}',
    summary: 'Withdraw an invitation',
    description: 'Its link works no more. It stays listed as withdrawn.',
    target: 'invitation',
    answer: { status: 204, schema: null },
    events: ['invitation.withdrawn'],
    problems: ['invitation_over'],
  },
  accept_invitation: {
    ...FOR_NOBODY,
    method: 'POST',
    path: '/v1/invitations/accept',
    group: 'Access',
    summary: 'Accept an invitation',
    description:
      'Works once, with the token of the link. Makes the user with the keys that new users of the account get, and starts a ' +
      'session, which counts as fresh proof. The secrets of the keys are in this answer and in no other.',
    body: acceptInvitationBody,
    answer: { status: 201, schema: userWithKeys },
    events: ['user.created', 'key.created', 'invitation.accepted', 'session.created'],
    problems: ['invitation_not_valid', 'password_too_short', 'ip_not_allowed', 'too_many_attempts', 'origin_mismatch'],
  },
} as const satisfies Record<string, Route>;
