import { z } from 'zod';
import { accountId, instant } from './fields.ts';

/** An organisation (T1). */
export const accountObject = z
  .strictObject({
    object: z.literal('account').describe('Always `account`.'),
    id: accountId().describe('The id of the account.'),
    name: z.string().describe('The name of the organisation.'),
    created_at: instant().describe('When it was set up.'),
    default_keys: z
      .enum(['both', 'write_only', 'none'])
      .describe('Which keys a new user gets: one of each kind, a write-only key, or none.'),
    management_by_keys: z.boolean().describe('Whether keys may be used on this API, or sessions only.'),
  })
  .meta({ id: 'Account', description: 'An organisation: everything belongs to exactly one account.' });
export type AccountObject = z.output<typeof accountObject>;
