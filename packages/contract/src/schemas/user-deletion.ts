import { z } from 'zod';
import { instant, userId } from './fields.ts';
import { permission } from './permissions.ts';
import { userObject } from './users.ts';

const WITH_REASSIGN = 'goes with `"keys": "reassign"` only';

/** How to delete a user (U4): the choice about the keys is never left to a default. */
export const deleteUserBody = z
  .strictObject({
    keys: z
      .enum(['delete', 'reassign'], { error: 'must be delete or reassign: say what happens to the keys of the user' })
      .describe('`delete` deletes the keys with the user; `reassign` gives them to another user first.'),
    new_owner_id: userId()
      .exactOptional()
      .describe('Who gets the keys; needed with `reassign`. Administrators name themselves or a restricted user.'),
    widen: z
      .boolean()
      .exactOptional()
      .describe(
        'True lets the keys do what the new owner may do, not just what they could do before. Only the Owner may ask for it.',
      ),
    preview: z.boolean().exactOptional().describe('True changes nothing and answers what would happen.'),
  })
  .refine((asked) => namesNewOwner(asked) || !isReassigning(asked), {
    error: 'is required with `"keys": "reassign"`',
    path: ['new_owner_id'],
    when: () => true,
  })
  .refine((asked) => isReassigning(asked) || !namesNewOwner(asked), {
    error: WITH_REASSIGN,
    path: ['new_owner_id'],
    when: () => true,
  })
  .refine((asked) => isReassigning(asked) || !('widen' in asked), {
    error: WITH_REASSIGN,
    path: ['widen'],
    when: ({ value }) => isObject(value),
  })
  .meta({ id: 'DeleteUser', description: 'What happens to the keys of a user who is deleted.' });

const effectFields = {
  user: userObject.describe('The user as they are, or were, before they are deleted.'),
  keys: z
    .strictObject({
      total: z.int().nonnegative().describe('All keys of the user, also dead ones.'),
      working: z.int().nonnegative().describe('Those that work.'),
      in_use: z.int().nonnegative().describe('Those that work and were used in the last 30 days.'),
    })
    .describe('How many keys the user has, or had.'),
  last_used_at: instant().nullable().describe('When any of the keys was last used; null when none ever was.'),
  new_owner_id: userId().nullable().describe('Who gets the keys; null when they are deleted.'),
  narrowed: z
    .int()
    .nonnegative()
    .describe('How many keys are narrowed to what they could do before; with `widen` how many would have been.'),
  disabled: z
    .int()
    .nonnegative()
    .describe('How many working keys stood still with their owner, who is disabled: the new owner may enable them.'),
  widen_adds: z.array(permission).describe('What `widen` adds to the keys, all together; empty when it adds nothing.'),
  widened: z.boolean().describe('Whether `widen` was asked for.'),
  sessions: z.int().nonnegative().describe('How many sessions of the user end.'),
  contact_of: z.array(userId()).describe('The service accounts that have the user as a contact and lose it.'),
};

/** What deleting a user would do. */
export const userDeletionPreview = z
  .strictObject({ object: z.literal('user_deletion_preview').describe('Nothing has changed.'), ...effectFields })
  .meta({ id: 'UserDeletionPreview', description: 'What deleting a user would do. Nothing has changed.' });

/** What deleting a user did. */
export const userDeletion = z
  .strictObject({ object: z.literal('user_deletion').describe('The user is deleted.'), ...effectFields })
  .meta({ id: 'UserDeletion', description: 'What deleting a user did.' });

/** What `deleteUser` answers. */
export const userDeletionAnswer = z.discriminatedUnion('object', [userDeletion, userDeletionPreview]);

/** The conditions also run when a field is wrong, so they assume nothing. */
function isObject(asked: unknown): asked is Readonly<Record<string, unknown>> {
  return typeof asked === 'object' && asked !== null;
}

function isReassigning(asked: unknown): boolean {
  return isObject(asked) && asked['keys'] === 'reassign';
}

function namesNewOwner(asked: unknown): boolean {
  return isObject(asked) && 'new_owner_id' in asked;
}
