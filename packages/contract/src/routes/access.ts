import type { Route } from '../route.ts';
import { me } from '../schemas/me.ts';
import { listOf, pageQuery } from '../schemas/page.ts';
import { createSessionBody, reauthenticateBody, sessionObject } from '../schemas/sessions.ts';
import { setupAnswer, setupBody } from '../schemas/setup.ts';
import { redeemedSignInLink, redeemSignInLinkBody } from '../schemas/sign-in-links.ts';
import { FOR_EVERYBODY, FOR_NOBODY, FOR_SESSIONS } from './shared.ts';

/** Set-up, sessions, and who asks. */
export const ACCESS_ROUTES = {
  setup: {
    ...FOR_NOBODY,
    method: 'POST',
    path: '/v1/setup',
    group: 'Access',
    summary: 'Make the first account and its Owner',
    description:
      'Works once, with the token of the set-up link. Also starts a session. The secrets of the two keys are in this answer and in no other.',
    body: setupBody,
    answer: { status: 201, schema: setupAnswer },
    events: ['account.created', 'user.created', 'key.created', 'internal_key.bound', 'session.created'],
    problems: ['setup_done', 'setup_token_wrong', 'setup_link_expired', 'too_many_attempts', 'origin_mismatch'],
  },
  redeem_sign_in_link: {
    ...FOR_NOBODY,
    method: 'POST',
    path: '/v1/sign-in-links/redeem',
    group: 'Access',
    summary: 'Sign in by a link of the operator',
    description:
      'Sets a password and starts a session, which counts as fresh proof. The operator makes such links for Owners: of new accounts, and of those who cannot get in. At the first sign-in the answer has the default keys with their secrets.',
    body: redeemSignInLinkBody,
    answer: { status: 201, schema: redeemedSignInLink },
    events: ['sign_in_link.redeemed', 'user.password_changed', 'key.created', 'session.ended', 'session.created'],
    problems: [
      'sign_in_link_not_valid',
      'password_too_short',
      'ip_not_allowed',
      'too_many_attempts',
      'origin_mismatch',
    ],
  },
  create_session: {
    ...FOR_NOBODY,
    method: 'POST',
    path: '/v1/sessions',
    group: 'Access',
    summary: 'Sign in',
    description:
      'Sets the session cookie. Counts as fresh proof. Users with a second factor send a code beside the password: who does not is refused with `second_factor_required`, only after the password proved right.',
    body: createSessionBody,
    answer: { status: 201, schema: sessionObject },
    events: ['session.created', 'second_factor.recovery_used'],
    problems: [
      'sign_in_failed',
      'second_factor_required',
      'second_factor_wrong',
      'ip_not_allowed',
      'too_many_attempts',
      'origin_mismatch',
    ],
  },
  list_sessions: {
    ...FOR_EVERYBODY,
    method: 'GET',
    path: '/v1/sessions',
    group: 'Access',
    summary: 'List sessions that have not ended',
    description: 'Your own, newest first.',
    query: pageQuery,
    answer: { status: 200, schema: listOf(sessionObject) },
    problems: ['bad_cursor'],
  },
  delete_current_session: {
    ...FOR_SESSIONS,
    method: 'DELETE',
    path: '/v1/sessions/current',
    group: 'Access',
    summary: 'Sign out',
    description: 'Ends the session that asks and clears its cookie.',
    answer: { status: 204, schema: null },
    events: ['session.ended'],
  },
  delete_session: {
    ...FOR_EVERYBODY,
    method: 'DELETE',
    path: '/v1/sessions/{id}',
    group: 'Access',
    summary: 'End a session',
    target: 'session',
    answer: { status: 204, schema: null },
    events: ['session.ended'],
  },
  reauthenticate: {
    ...FOR_SESSIONS,
    method: 'POST',
    path: '/v1/sessions/reauthenticate',
    group: 'Access',
    summary: 'Show the password again',
    description: 'Makes the session fresh for sensitive acts for 15 minutes.',
    body: reauthenticateBody,
    answer: { status: 200, schema: sessionObject },
    events: ['session.proven', 'second_factor.recovery_used'],
    problems: ['password_wrong', 'second_factor_required', 'second_factor_wrong', 'too_many_attempts'],
  },
  read_me: {
    ...FOR_EVERYBODY,
    method: 'GET',
    path: '/v1/me',
    group: 'Access',
    summary: 'Read who you are and what you may do',
    isOpenToNarrowedKeys: true,
    answer: { status: 200, schema: me },
  },
} as const satisfies Record<string, Route>;
