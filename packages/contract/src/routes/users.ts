import type { Route } from '../route.ts';
import { setUserExpirationPolicyBody, userExpirationPolicy } from '../schemas/expiration.ts';
import { listOf } from '../schemas/page.ts';
import { effectivePermissions } from '../schemas/permissions.ts';
import { deleteUserBody, userDeletionAnswer } from '../schemas/user-deletion.ts';
import { createServiceAccountBody, editUserBody, listUsersQuery, userObject, userWithKeys } from '../schemas/users.ts';
import { FOR_ADMINISTRATIVE, FOR_EVERYBODY, FOR_SESSIONS } from './shared.ts';

const ON_ONE_USER = { ...FOR_EVERYBODY, group: 'Users', target: 'user' } as const satisfies Partial<Route>;

/** Users and what belongs to one of them. */
export const USER_ROUTES = {
  list_users: {
    ...FOR_EVERYBODY,
    method: 'GET',
    path: '/v1/users',
    group: 'Users',
    summary: 'List users',
    description: 'The Owner and administrators see everybody, restricted users themselves.',
    query: listUsersQuery,
    answer: { status: 200, schema: listOf(userObject) },
    problems: ['bad_cursor'],
  },
  create_service_account: {
    ...FOR_ADMINISTRATIVE,
    method: 'POST',
    path: '/v1/users',
    group: 'Users',
    summary: 'Create a service account',
    description: 'The secrets of its keys are in this answer and in no other.',
    isIdempotent: true,
    body: createServiceAccountBody,
    answer: { status: 201, schema: userWithKeys },
    events: ['user.created', 'key.created'],
    problems: ['unknown_user'],
  },
  read_user: {
    ...ON_ONE_USER,
    method: 'GET',
    path: '/v1/users/{id}',
    summary: 'Read a user',
    answer: { status: 200, schema: userObject },
  },
  edit_user: {
    ...ON_ONE_USER,
    method: 'PATCH',
    path: '/v1/users/{id}',
    summary: 'Change the name, type, state or contacts of a user',
    description:
      'Changing `user_type` needs a session with fresh proof. A disabled user is stopped at once, with all keys and sessions.',
    isSensitive: 'when_user_type',
    body: editUserBody,
    answer: { status: 200, schema: userObject },
    events: ['user.changed', 'user.type_changed', 'user.disabled', 'user.enabled', 'key.disabled', 'session.ended'],
    problems: [
      'not_allowed',
      'owner_stays',
      'cannot_disable_yourself',
      'service_account_stays_restricted',
      'contacts_need_service_account',
      'unknown_user',
    ],
  },
  delete_user: {
    ...FOR_SESSIONS,
    method: 'POST',
    path: '/v1/users/{id}/delete',
    group: 'Users',
    summary: 'Delete a user, and delete or reassign the keys',
    description:
      'Reassigned keys keep their text and are narrowed to what they could do before, unless the Owner asks to widen them; those of a disabled user arrive disabled. With `preview` nothing changes. Needs a session with fresh proof.',
    userTypes: ['owner', 'administrator'],
    target: 'user',
    isSensitive: true,
    isIdempotent: true,
    body: deleteUserBody,
    answer: { status: 200, schema: userDeletionAnswer },
    events: ['key.deleted', 'key.reassigned', 'session.ended', 'policy.detached', 'user.changed', 'user.deleted'],
    problems: [
      'not_allowed',
      'owner_only',
      'owner_stays',
      'cannot_delete_yourself',
      'unknown_user',
      'unfit_new_owner',
      'key_limit_reached',
      'narrowing_too_large',
    ],
  },
  read_effective_permissions: {
    ...ON_ONE_USER,
    method: 'GET',
    path: '/v1/users/{id}/effective-permissions',
    summary: 'Read what a user may do',
    answer: { status: 200, schema: effectivePermissions },
    problems: ['not_allowed'],
  },
  read_user_expiration_policy: {
    ...ON_ONE_USER,
    method: 'GET',
    path: '/v1/users/{id}/expiration-policy',
    summary: 'Read the expiration policy of a user',
    answer: { status: 200, schema: userExpirationPolicy },
    problems: ['not_allowed'],
  },
  set_user_expiration_policy: {
    ...FOR_ADMINISTRATIVE,
    method: 'PUT',
    path: '/v1/users/{id}/expiration-policy',
    group: 'Users',
    summary: 'Set the expiration policy of a user',
    description: 'For keys made from now on; existing keys keep their expiry.',
    target: 'user',
    body: setUserExpirationPolicyBody,
    answer: { status: 200, schema: userExpirationPolicy },
    events: ['expiration_policy.changed'],
    problems: ['not_allowed', 'users_may_only_shorten'],
  },
  delete_user_expiration_policy: {
    ...FOR_ADMINISTRATIVE,
    method: 'DELETE',
    path: '/v1/users/{id}/expiration-policy',
    group: 'Users',
    summary: 'Let a user follow the expiration policy of the account',
    target: 'user',
    answer: { status: 204, schema: null },
    events: ['expiration_policy.changed'],
    problems: ['not_allowed'],
  },
} as const satisfies Record<string, Route>;
