import type { Route } from '../route.ts';
import { deleteIpAllowlistQuery, ipAllowlist, setIpAllowlistBody, userIpAllowlist } from '../schemas/ip-allowlists.ts';
import { FOR_ADMINISTRATIVE, FOR_EVERYBODY } from './shared.ts';

const GROUP = 'IP allowlists';
/** U8. */
const CHANGING = {
  ...FOR_ADMINISTRATIVE,
  credentials: ['session'],
  group: GROUP,
  isSensitive: true,
  events: ['ip_allowlist.changed'],
} as const satisfies Partial<Route>;

/** From where the portal and keys may be used (I1 to I8). */
export const IP_ALLOWLIST_ROUTES = {
  read_ip_allowlist: {
    ...FOR_ADMINISTRATIVE,
    method: 'GET',
    path: '/v1/ip-allowlist',
    group: GROUP,
    summary: 'Read the IP allowlist of the account',
    answer: { status: 200, schema: ipAllowlist },
  },
  set_ip_allowlist: {
    ...CHANGING,
    method: 'PUT',
    path: '/v1/ip-allowlist',
    summary: 'Set the IP allowlist of the account',
    description:
      'Holds from the next request of every session and the next verification on, for users without a list of their own. Ingestion with a write-only key is exempt.',
    body: setIpAllowlistBody,
    answer: { status: 200, schema: ipAllowlist },
    problems: ['lockout_unconfirmed'],
  },
  read_user_ip_allowlist: {
    ...FOR_EVERYBODY,
    method: 'GET',
    path: '/v1/users/{id}/ip-allowlist',
    group: GROUP,
    summary: 'Read the IP allowlist of a user, and what is in force for them',
    target: 'user',
    answer: { status: 200, schema: userIpAllowlist },
    problems: ['not_allowed'],
  },
  set_user_ip_allowlist: {
    ...CHANGING,
    method: 'PUT',
    path: '/v1/users/{id}/ip-allowlist',
    summary: 'Set the IP allowlist of a user',
    description: "Replaces the account's list for this user and their keys, whatever that one says.",
    target: 'user',
    body: setIpAllowlistBody,
    answer: { status: 200, schema: userIpAllowlist },
    problems: ['not_allowed', 'lockout_unconfirmed'],
  },
  delete_user_ip_allowlist: {
    ...CHANGING,
    method: 'DELETE',
    path: '/v1/users/{id}/ip-allowlist',
    summary: "Let a user follow the account's IP allowlist",
    target: 'user',
    query: deleteIpAllowlistQuery,
    answer: { status: 204, schema: null },
    problems: ['not_allowed', 'lockout_unconfirmed'],
  },
} as const satisfies Record<string, Route>;
