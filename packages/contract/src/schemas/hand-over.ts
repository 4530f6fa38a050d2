import { z } from 'zod';
import { userId } from './fields.ts';
import { userObject } from './users.ts';

/** To whom the account is handed over (U1). */
export const handOverBody = z
  .strictObject({ new_owner_id: userId().describe('The person who becomes the Owner; not a service account.') })
  .meta({ id: 'HandOver', description: 'Who becomes the Owner of the account.' });

/** What a hand-over did. */
export const handOverAnswer = z
  .strictObject({
    object: z.literal('hand_over').describe('Always `hand_over`.'),
    owner: userObject.describe('The Owner from now on.'),
    former_owner: userObject.describe('The Owner until now, an administrator from now on.'),
    disabled_keys: z
      .int()
      .nonnegative()
      .describe('How many keys of the new Owner stopped because somebody else may know them, until they are rotated.'),
  })
  .meta({ id: 'HandOverAnswer', description: 'Who owns the account now, and who did.' });
