import type { Route } from '../route.ts';
import { emptyBody } from '../schemas/empty.ts';
import {
  createKeyBody,
  editKeyBody,
  forceExpireBody,
  listKeysQuery,
  presentedKeyBody,
  rotateKeyBody,
  selfRevocation,
  waitQuery,
} from '../schemas/key-requests.ts';
import { forceExpireAnswer, keyObject, keyWithSecret } from '../schemas/keys.ts';
import { listOf } from '../schemas/page.ts';
import { decision } from '../schemas/verification.ts';
import { FOR_EVERYBODY, FOR_NOBODY } from './shared.ts';

const ON_ONE_KEY = { ...FOR_EVERYBODY, group: 'Keys', target: 'key' } as const satisfies Partial<Route>;
const ACTION = { ...ON_ONE_KEY, method: 'POST', isIdempotent: true } as const satisfies Partial<Route>;

/** Keys and what is done with them. */
export const KEY_ROUTES = {
  list_keys: {
    ...FOR_EVERYBODY,
    method: 'GET',
    path: '/v1/keys',
    group: 'Keys',
    summary: 'List the keys you may manage',
    query: listKeysQuery,
    answer: { status: 200, schema: listOf(keyObject) },
    problems: ['bad_cursor'],
  },
  create_key: {
    ...FOR_EVERYBODY,
    method: 'POST',
    path: '/v1/keys',
    group: 'Keys',
    summary: 'Create a key',
    description: 'The secret is in this answer and in no other; a replay of the answer leaves it out.',
    isIdempotent: true,
    body: createKeyBody,
    answer: { status: 201, schema: keyWithSecret },
    events: ['key.created'],
    problems: [
      'not_allowed',
      'unknown_user',
      'lifespan_too_long',
      'key_limit_reached',
      'permission_not_held',
      'unknown_permission',
      'origins_need_write_only',
    ],
  },
  read_key: {
    ...ON_ONE_KEY,
    method: 'GET',
    path: '/v1/keys/{id}',
    summary: 'Read a key',
    answer: { status: 200, schema: keyObject },
  },
  edit_key: {
    ...ON_ONE_KEY,
    method: 'PATCH',
    path: '/v1/keys/{id}',
    summary: 'Change the name, narrowing or metadata of a key',
    body: editKeyBody,
    answer: { status: 200, schema: keyObject },
    events: ['key.changed'],
    problems: ['permission_not_held', 'unknown_permission', 'origins_need_write_only'],
  },
  delete_key: {
    ...ON_ONE_KEY,
    method: 'DELETE',
    path: '/v1/keys/{id}',
    summary: 'Delete a key',
    description: 'It stops at once and leaves every list; only the audit log keeps it. It never comes back.',
    answer: { status: 204, schema: null },
    events: ['key.deleted'],
  },
  test_key: {
    ...FOR_EVERYBODY,
    method: 'POST',
    path: '/v1/keys/test',
    group: 'Keys',
    summary: 'Find out whether a key works',
    description: 'Answers for keys you may manage; every other text is `not_found`.',
    body: presentedKeyBody,
    answer: { status: 200, schema: decision },
  },
  force_expire_key: {
    ...ACTION,
    path: '/v1/keys/{id}/force-expire',
    summary: 'Stop a key for good, at once',
    description: 'It takes effect before this call answers. The key stays listed as expired and cannot be restored.',
    query: waitQuery,
    body: forceExpireBody,
    answer: { status: 200, schema: forceExpireAnswer },
    events: ['key.force_expired'],
  },
  rotate_key: {
    ...ACTION,
    path: '/v1/keys/{id}/rotate',
    summary: 'Give a key a new secret',
    description:
      'The new secret is in this answer and in no other. The present one works on for the overlap. Rotating during an overlap ends the older secret.',
    body: rotateKeyBody,
    answer: { status: 200, schema: keyWithSecret },
    events: ['key.rotated'],
    problems: ['key_already_expired', 'key_is_disabled', 'rotation_required'],
  },
  finish_rotation: {
    ...ACTION,
    path: '/v1/keys/{id}/rotate/finish',
    summary: 'End the overlap of a rotation',
    body: emptyBody,
    answer: { status: 200, schema: keyObject },
    events: ['key.rotation_finished'],
  },
  disable_key: {
    ...ACTION,
    path: '/v1/keys/{id}/disable',
    summary: 'Stop a key for a while',
    body: emptyBody,
    answer: { status: 200, schema: keyObject },
    events: ['key.disabled'],
    problems: ['key_already_expired'],
  },
  enable_key: {
    ...ACTION,
    path: '/v1/keys/{id}/enable',
    summary: 'Let a disabled key work again',
    body: emptyBody,
    answer: { status: 200, schema: keyObject },
    events: ['key.enabled'],
    problems: ['key_already_expired', 'rotation_required'],
  },
  self_revoke: {
    ...FOR_NOBODY,
    method: 'POST',
    path: '/v1/keys/self-revoke',
    group: 'Keys',
    summary: 'Stop a key that leaked, by presenting it',
    description: 'Takes no other credential, and answers the same for every text.',
    body: presentedKeyBody,
    answer: { status: 202, schema: selfRevocation },
    events: ['key.force_expired', 'key.rotation_finished', 'key.reported'],
    problems: ['too_many_attempts'],
  },
} as const satisfies Record<string, Route>;
