import type { Route } from '../route.ts';
import { accountWithSettings, editAccountBody } from '../schemas/accounts.ts';
import { FOR_ADMINISTRATIVE } from './shared.ts';

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
} as const satisfies Record<string, Route>;
