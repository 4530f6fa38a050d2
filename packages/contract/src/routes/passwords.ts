import type { Route } from '../route.ts';
import {
  changePasswordBody,
  passwordResetObject,
  redeemPasswordResetBody,
  requestPasswordResetBody,
} from '../schemas/passwords.ts';
import { userObject } from '../schemas/users.ts';
import { FOR_NOBODY, FOR_SESSIONS } from './shared.ts';

/** Passwords: forgotten ones, and new ones (U7). */
export const PASSWORD_ROUTES = {
  request_password_reset: {
    ...FOR_NOBODY,
    method: 'POST',
    path: '/v1/password-resets',
    group: 'Access',
    summary: 'Ask for a new password by mail',
    description:
      'Sends a link that works once, for one hour, to whoever signs in with this address; a newer link replaces it. The answer ' +
      'is the same when nobody does.',
    body: requestPasswordResetBody,
    answer: { status: 202, schema: passwordResetObject },
    events: ['password_reset.requested'],
    problems: ['too_many_attempts'],
  },
  redeem_password_reset: {
    ...FOR_NOBODY,
    method: 'POST',
    path: '/v1/password-resets/redeem',
    group: 'Access',
    summary: 'Choose a new password by a mailed link',
    description:
      'Works once, with the token of the link. All sessions of the user end, and none is started: sign in then.',
    body: redeemPasswordResetBody,
    answer: { status: 200, schema: passwordResetObject },
    events: ['password_reset.redeemed', 'user.password_changed', 'session.ended'],
    problems: ['password_reset_not_valid', 'password_too_short', 'ip_not_allowed', 'too_many_attempts'],
  },
  change_password: {
    ...FOR_SESSIONS,
    method: 'POST',
    path: '/v1/me/password',
    group: 'Access',
    summary: 'Change your own password',
    description: 'Ends your other sessions.',
    isSensitive: true,
    isIdempotent: true,
    body: changePasswordBody,
    answer: { status: 200, schema: userObject },
    events: ['user.password_changed', 'session.ended'],
    problems: ['password_wrong', 'password_too_short', 'too_many_attempts'],
  },
} as const satisfies Record<string, Route>;
