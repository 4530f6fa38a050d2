import type { Route } from '../route.ts';
import { accountWithSettings, editAccountBody } from '../schemas/accounts.ts';
import { handOverAnswer, handOverBody } from '../schemas/hand-over.ts';
import { FOR_ADMINISTRATIVE, FOR_SESSIONS } from './shared.ts';

const THE_ACCOUNT = { ...FOR_ADMINISTRATIVE, path: '/v1/account', group: 'Settings' } as const satisfies Partial<Route>;

/** The account itself and its settings. */
export const ACCOUNT_ROUTES = {
  read_account: {
    ...THE_ACCOUNT,
    method: 'GET',
    summary: 'Read the account and its settings',
    answer: { status: 200, schema: accountWithSettings },
  },
  edit_account: {
    ...THE_ACCOUNT,
    method: 'PATCH',
    summary: 'Change the account and its settings',
    description: 'Changing `sign_in` or `management_by_keys` needs a session with fresh proof.',
    isSensitive: 'when_sign_in_settings',
    body: editAccountBody,
    answer: { status: 200, schema: accountWithSettings },
    events: ['account.changed'],
  },
  hand_over_account: {
    ...FOR_SESSIONS,
    method: 'POST',
    path: '/v1/account/hand-over',
    group: 'Settings',
    summary: 'Make somebody else the Owner',
    description:
      'For the Owner, who becomes an administrator. The keys of the new Owner that somebody else may know stop until they are rotated. Needs a session with fresh proof.',
    userTypes: ['owner'],
    isSensitive: true,
    isIdempotent: true,
    body: handOverBody,
    answer: { status: 200, schema: handOverAnswer },
    events: ['key.disabled', 'user.type_changed'],
    problems: ['owner_only', 'unknown_user', 'unfit_new_owner'],
  },
} as const satisfies Record<string, Route>;
