import { USER_TYPES } from '@claviger/core';
import { z } from 'zod';
import { instant, name, policyId, userId } from './fields.ts';
import { keyWithSecret } from './keys.ts';
import { pageFields } from './page.ts';
import { CONTACTS_MOST } from './wire-limits.ts';

/** A user as answers show one. */
export const userObject = z
  .strictObject({
    object: z.literal('user').describe('Always `user`.'),
    id: userId().describe('The id of the user.'),
    name: z.string().describe('The name of the person or service account.'),
    email: z
      .string()
      .nullable()
      .describe('The address to sign in with; null for a service account, which cannot sign in.'),
    user_type: z.enum(USER_TYPES).describe('What the user may do before any policy is looked at.'),
    service_account: z.boolean().describe('Whether this is a service account: it owns keys and cannot sign in.'),
    contacts: z.array(userId()).describe('Who gets the reminders of a service account; empty for a person.'),
    disabled: z.boolean().describe('Whether the user and all keys of the user are stopped for a while.'),
    disabled_at: instant().nullable().describe('Since when; null while not disabled.'),
    created_at: instant().describe('When the user was created.'),
    policy_ids: z.array(policyId()).describe('The policies that are attached to the user.'),
    ends_reported_keys: z
      .boolean()
      .describe(
        'Whether keys of the user that are bound to web origins end, too, when somebody presents them for that.',
      ),
  })
  .meta({ id: 'User', description: 'A person or a service account.' });
export type UserObject = z.output<typeof userObject>;

/** A new user with the two keys that came with it; their secrets are shown here and never again (K2, K7). */
export const userWithKeys = z
  .strictObject({
    user: userObject,
    keys: z.array(keyWithSecret).describe('The keys made with the user. Their secrets are shown here once.'),
  })
  .meta({ id: 'UserWithKeys', description: 'A new user with the keys that were made in the same step.' });

/** Which users to list. */
export const listUsersQuery = z.strictObject({
  policy_id: policyId().exactOptional().describe('Only users that have this policy attached.'),
  ...pageFields,
});

const contacts = z
  .array(userId(), { error: 'must be a list of user ids' })
  .max(CONTACTS_MOST, { error: `must name at most ${CONTACTS_MOST} users` })
  .describe(`Who gets the reminders of the service account, up to ${CONTACTS_MOST} users.`);

/** A new service account (U6). People come by invitation. */
export const createServiceAccountBody = z
  .strictObject({
    name: name().describe('Its name, 1 to 200 characters.'),
    service_account: z
      .literal(true, { error: 'must be true: this call makes service accounts; people are invited' })
      .describe('Always true: people are not created but invited.'),
    contacts: contacts.exactOptional(),
  })
  .meta({ id: 'CreateServiceAccount', description: 'A service account to create.' });

/** What to change of a user; what is absent stays. */
export const editUserBody = z
  .strictObject({
    name: name().exactOptional().describe('The new name, 1 to 200 characters.'),
    user_type: z
      .enum(['administrator', 'restricted'], {
        error: 'must be administrator or restricted; ownership is handed over, not set',
      })
      .exactOptional()
      .describe('The new user type. Needs a session with fresh proof.'),
    disabled: z
      .boolean()
      .exactOptional()
      .describe('True stops the user and all keys of the user at once; false lets them go on.'),
    contacts: contacts.exactOptional(),
    ends_reported_keys: z
      .boolean({ error: 'must be true or false' })
      .exactOptional()
      .describe(
        'What self-revocation does to keys of the user that are bound to web origins, and so public by nature: true ends them like any other key, false only reports them to the owner.',
      ),
  })
  .meta({ id: 'EditUser', description: 'Changes to a user; what is absent stays as it is.' });
