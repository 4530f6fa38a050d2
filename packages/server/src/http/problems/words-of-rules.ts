import {
  formatInstant,
  type Lifespan,
  type LifespanTooLong,
  PERMISSION_IDS_MOST,
  PERMISSIONS_MOST,
} from '@claviger/core';
import type { KeyStateRefusal, LimitRefusal, NotFound, UserPolicyTooLong } from '../../refusal.ts';
import { type WordsOf, words } from './problem-words.ts';
import { NOT_THERE } from './words-of-input.ts';

/** Refusals of what is not there, or not the caller's to know of (K9). */
export const NOT_FOUND_WORDS: WordsOf<NotFound> = {
  'key-not-found': () => words('not_found', NOT_THERE, {}),
  'policy-not-found': () => words('not_found', NOT_THERE, {}),
  'invitation-not-found': () => words('not_found', NOT_THERE, {}),
  'session-not-found': () => words('not_found', NOT_THERE, {}),
  'webhook-not-found': () => words('not_found', NOT_THERE, {}),
  'user-not-found': ({ pointer }) => {
    if (pointer === null) return words('not_found', NOT_THERE, {});
    return words('unknown_user', 'The request names a user that is not there; `errors` says where.', {
      errors: [{ pointer, code: 'unknown_user', detail: 'names no user that you may see' }],
    });
  },
};

/** Refusals by the expiration policy (E3, E5). */
export const LIFESPAN_WORDS: WordsOf<LifespanTooLong | UserPolicyTooLong> = {
  'lifespan-too-long': ({ keyKind, asked, longest }) =>
    words(
      'lifespan_too_long',
      `A ${keyKind} key may live ${longest} days at most; ${daysText(asked)} asked for. Ask for a shorter lifespan, or leave it out to get the policy's.`,
      { longest_days: daysOf(longest), asked_days: asked },
    ),
  'user-policy-too-long': ({ keyKind, asked, longest }) =>
    words(
      'users_may_only_shorten',
      `A ${keyKind} key of the account lives ${longest} days, and the policy of a user may only shorten that; ${daysText(asked)} asked for.`,
      { longest_days: daysOf(longest), asked_days: asked },
    ),
};

/** Refusals by what the key is. */
export const KEY_STATE_WORDS: WordsOf<KeyStateRefusal> = {
  'key-expired': ({ at, by }) =>
    words(
      'key_already_expired',
      `The key ${by === 'forced' ? 'was force-expired' : 'expired'} at ${formatInstant(at)} and stays dead. Create a new one.`,
      {},
    ),
  'key-disabled': ({ since }) =>
    words('key_is_disabled', `The key is disabled since ${formatInstant(since)}. Enable it first.`, {}),
  'key-awaits-rotation': () =>
    words(
      'rotation_required',
      'The key was disabled when its owner got more rights. Only a rotation by the owner enables it.',
      {},
    ),
};

/** Refusals by a limit (K3). */
export const LIMIT_WORDS: WordsOf<Exclude<LimitRefusal, { readonly kind: 'metadata-too-large' }>> = {
  'too-many-keys': ({ held, most }) =>
    words(
      'key_limit_reached',
      `This user has ${held} keys and may have ${most} at most. Delete keys that nobody needs.`,
      { most },
    ),
  'too-many-keys-to-reassign': ({ held, added, most }) =>
    words(
      'key_limit_reached',
      `The new owner has ${held} keys, would get ${added} more, and may have ${most} at most. Delete keys that nobody needs, or name another user.`,
      { most },
    ),
  'narrowing-too-large': ({ keyId, permissions, names }) =>
    words(
      'narrowing_too_large',
      `What the key may do with its owner makes a list of ${permissions} permissions with up to ${names} names each; a key is narrowed to at most ${PERMISSIONS_MOST}, with at most ${PERMISSION_IDS_MOST} names each. Narrow it by hand, delete it, or let the Owner widen.`,
      { key_id: keyId, most: PERMISSIONS_MOST },
    ),
  'too-many-policies': ({ held, most }) =>
    words('policy_limit_reached', `This user has ${held} policies and may have ${most} at most.`, { most }),
  'too-many-webhooks': ({ held, most }) =>
    words(
      'webhook_limit_reached',
      `This account has ${held} webhooks and may have ${most} at most. Delete one that nobody needs.`,
      { most },
    ),
};

function daysOf(longest: Lifespan): number {
  // A policy of "never" refuses no lifespan, so there is a number whenever this is asked.
  if (longest === null) throw new Error('a lifespan was refused under a policy without a limit');
  return longest;
}

function daysText(asked: Lifespan): string {
  if (asked === null) return 'never to expire was';
  return asked === 1 ? '1 was' : `${asked} were`;
}
