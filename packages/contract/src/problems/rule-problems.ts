import { z } from 'zod';
import { inputError } from '../schemas/problem.ts';
import { invitationId, keyId, policyId, userId } from '../schemas/fields.ts';
import { permission } from '../schemas/permissions.ts';
import { member, type ProblemDefinition } from './definition.ts';

const days = z.int().nullable();

const pointed = (example: z.output<typeof inputError>) => ({
  errors: member(z.array(inputError), 'Where in the body, each with what is wrong.', [example]),
});

/** Refusals by a rule of the product or by what is stored. */
export const RULE_PROBLEMS = {
  not_allowed: {
    status: 403,
    title: 'Not allowed',
    example: 'An administrator manages restricted users and themselves; this user is an administrator.',
    members: {},
  },
  owner_only: {
    status: 403,
    title: 'For the Owner only',
    example: 'Only the Owner may decide that the policies of users may only shorten.',
    members: {},
  },
  not_found: {
    status: 404,
    title: 'Not found',
    example: 'There is nothing with this id that you may see.',
    members: {},
  },
  setup_done: {
    status: 409,
    title: 'Set-up already done',
    example: 'This installation has its Owner already. Sign in.',
    members: {},
  },
  invitation_pending: {
    status: 409,
    title: 'Invitation pending',
    example: 'This address has an invitation that is pending. Send that one again, or withdraw it first.',
    members: {
      invitation_id: member(invitationId(), 'The invitation that is pending.', 'inv_4fQ2abcdefgh12345678'),
    },
  },
  user_exists: {
    status: 409,
    title: 'User exists',
    example: 'A user of this account has this address already.',
    members: { user_id: member(userId(), 'The user who has the address.', 'usr_4fQ2abcdefgh12345678') },
  },
  lockout_unconfirmed: {
    status: 409,
    title: 'The list would lock you out',
    example:
      'With this list your address 203.0.113.7 could not go on: add it, or send `confirm_lockout` with the list if that is meant.',
    members: {
      your_address: member(
        z.string().nullable(),
        'The address that this request came from; null when nobody can tell.',
        '203.0.113.7',
      ),
    },
  },
  idempotency_running: {
    status: 409,
    title: 'First request still running',
    example: 'A request with this Idempotency-Key is still running. Repeat it in a moment.',
    members: {},
  },
  operation_in_use: {
    status: 409,
    title: 'Operation in use',
    example:
      'The operation database:edit cannot be taken away while policies or narrowed keys name it. Change those first.',
    members: {
      policy_ids: member(z.array(policyId()), 'Policies that name such an operation, at most 20.', [
        'pol_AAAAAAAAAAAAAAAAAAAA',
      ]),
      key_ids: member(z.array(keyId()), 'Narrowed keys that name such an operation, at most 20.', []),
    },
  },
  idempotency_mismatch: {
    status: 422,
    title: 'Idempotency key used before',
    example: 'This Idempotency-Key was used in the last 24 hours with another body. Take a new one for a new request.',
    members: {},
  },
  key_already_imported: {
    status: 409,
    title: 'Text already taken',
    example: 'The text of 1 entry is, or was, that of a key; `errors` says which. Nothing was imported.',
    members: pointed({
      pointer: '/keys/3/digest',
      code: 'key_already_imported',
      detail: 'is the digest of a text that is, or was, that of a key',
    }),
  },
  import_refused: {
    status: 422,
    title: 'Import refused',
    example: 'The import has 2 mistakes; `errors` lists them. Nothing was imported.',
    members: {
      errors: member(z.array(inputError), 'Every mistake of every entry, each with the code of its own problem.', [
        {
          pointer: '/keys/0/lifespan_days',
          code: 'lifespan_too_long',
          detail: 'A write_only key may live 90 days at most; 365 were asked for.',
        },
        { pointer: '/keys/7/owner_id', code: 'unknown_user', detail: 'names no user that you may see' },
      ]),
    },
  },
  lifespan_too_long: {
    status: 422,
    title: 'Lifespan too long',
    example: 'A write_only key may live 90 days at most; 365 were asked for.',
    members: {
      longest_days: member(z.int().positive(), 'The longest lifespan the policy in force allows, in days.', 90),
      asked_days: member(days, 'The lifespan that was asked for, in days; null is never.', 365),
    },
  },
  users_may_only_shorten: {
    status: 422,
    title: 'A user policy may only shorten',
    example:
      'Master keys of the account live 90 days, and the policy of a user may only shorten that; 180 were asked for.',
    members: {
      longest_days: member(z.int().positive(), "The account's lifespan for this kind, in days.", 90),
      asked_days: member(days, 'The lifespan that was asked for, in days; null is never.', 180),
    },
  },
  key_limit_reached: {
    status: 422,
    title: 'Key limit reached',
    example: 'This user has 10000 keys, and may have no more. Delete keys that nobody needs.',
    members: { most: member(z.int().positive(), 'How many keys one user may have.', 10_000) },
  },
  policy_limit_reached: {
    status: 422,
    title: 'Policy limit reached',
    example: 'This user has 100 policies, and may have no more.',
    members: { most: member(z.int().positive(), 'How many policies one user may have.', 100) },
  },
  key_already_expired: {
    status: 422,
    title: 'Key already expired',
    example: 'The key expired at 2026-03-01T09:30:00.000Z and cannot be rotated. Create a new one.',
    members: {},
  },
  key_is_disabled: {
    status: 422,
    title: 'Key is disabled',
    example: 'A disabled key cannot be rotated. Enable it first.',
    members: {},
  },
  rotation_required: {
    status: 422,
    title: 'Rotation by the owner required',
    example: 'The key was disabled when its owner got more rights. Only a rotation by the owner enables it.',
    members: {},
  },
  permission_not_held: {
    status: 422,
    title: 'Permission not held',
    example: 'A key cannot be given what its owner does not have; `permissions` lists what is missing.',
    members: {
      permissions: member(z.array(permission), 'The permissions that are not held.', [
        { resource_type: 'database', operation: 'query', ids: ['sales'] },
      ]),
    },
  },
  unknown_permission: {
    status: 422,
    title: 'Unknown permission',
    example: 'The resource catalogue does not know 1 of the permissions; `errors` lists it.',
    members: pointed({
      pointer: '/permissions/0/operation',
      code: 'unknown_operation',
      detail: 'is no operation of this resource type in the catalogue',
    }),
  },
  ingestion_mark_changed: {
    status: 422,
    title: 'The mark of an operation never changes',
    example:
      'What is or was an ingestion operation stays one, and nothing becomes one; `errors` says which would change.',
    members: pointed({
      pointer: '/resource_types/0/operations/2/ingestion',
      code: 'mark_changed',
      detail: 'must stay what it is or was; take another name for another operation',
    }),
  },
  catalogue_limit_reached: {
    status: 422,
    title: 'Catalogue limit reached',
    example: 'A catalogue may have 10000 different operations in all its time, those taken away included.',
    members: { most: member(z.int().positive(), 'How many operations an account may ever have.', 10_000) },
  },
  unknown_user: {
    status: 422,
    title: 'Unknown user',
    example: 'The body names a user that is not there; `errors` says where.',
    members: pointed({ pointer: '/owner_id', code: 'unknown_user', detail: 'names no user that you may see' }),
  },
  origins_need_write_only: {
    status: 422,
    title: 'Web origins are for write-only keys',
    example: 'A master key must never be embedded in a page, so it takes no allowed_origins.',
    members: {},
  },
  owner_stays: {
    status: 422,
    title: 'An account keeps its Owner',
    example: 'The user type of the Owner cannot be changed: ownership is handed over, never given up.',
    members: {},
  },
  cannot_disable_yourself: {
    status: 422,
    title: 'You cannot disable yourself',
    example: 'Nobody can disable themselves: they could not undo it.',
    members: {},
  },
  cannot_delete_yourself: {
    status: 422,
    title: 'You cannot delete yourself',
    example: 'Nobody can delete themselves. Ask the Owner.',
    members: {},
  },
  unfit_new_owner: {
    status: 422,
    title: 'Not fit to be the new owner',
    example: 'The user named in `new_owner_id` cannot take this over; `errors` says why.',
    members: pointed({ pointer: '/new_owner_id', code: 'is_disabled', detail: 'names a user who is disabled' }),
  },
  narrowing_too_large: {
    status: 422,
    title: 'Too much to narrow a key to',
    example:
      'What the key may do with its owner makes a list of 140 permissions; a key is narrowed to at most 100, with at most 100 names each.',
    members: {
      key_id: member(keyId(), 'The first key that cannot be narrowed.', 'key_4fQ2bW7cK1mZ'),
      most: member(z.int().positive(), 'How many permissions, and names in one permission, a key may list.', 100),
    },
  },
  service_account_stays_restricted: {
    status: 422,
    title: 'A service account stays restricted',
    example: 'A service account cannot sign in, so it cannot be an administrator.',
    members: {},
  },
  contacts_need_service_account: {
    status: 422,
    title: 'Contacts are for service accounts',
    example: 'This user is a person and gets reminders in person; only service accounts have contacts.',
    members: {},
  },
  invitation_over: {
    status: 422,
    title: 'Invitation is over',
    example: 'The invitation was accepted. There is nothing left to send or withdraw.',
    members: {
      invitation_status: member(z.enum(['accepted', 'withdrawn']), 'What became of it.', 'accepted'),
    },
  },
  password_too_short: {
    status: 422,
    title: 'Password too short',
    example: 'A password of this account has at least 14 characters. Choose a longer one.',
    members: { shortest: member(z.int().positive(), 'Characters, at least.', 14) },
  },
  webhook_limit_reached: {
    status: 422,
    title: 'Webhook limit reached',
    example: 'This account has 20 webhooks, and may have no more. Delete one that nobody needs.',
    members: { most: member(z.int().positive(), 'How many webhooks one account may have.', 20) },
  },
  webhook_url_not_allowed: {
    status: 422,
    title: 'Nothing is sent to this URL',
    example: 'Webhooks go to public addresses, over https; `errors` says what is wrong with this URL.',
    members: pointed({
      pointer: '/url',
      code: 'address_not_allowed',
      detail: 'leads to an address that is not public, and that the operator has not named',
    }),
  },
  webhook_disabled: {
    status: 422,
    title: 'Webhook is disabled',
    example: 'The webhook is disabled since 2026-03-01T09:30:00.000Z and sends nothing. Enable it first.',
    members: {},
  },
  password_wrong: {
    status: 422,
    title: 'Wrong password',
    example: 'The password is not that of the signed-in user. The session goes on as before.',
    members: {},
  },
} as const satisfies Record<string, ProblemDefinition>;
