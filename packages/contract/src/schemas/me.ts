import { PAGE_LARGEST } from '@claviger/core';
import { z } from 'zod';
import { accountObject } from './accounts.ts';
import { instant, keyId, userId } from './fields.ts';
import { permission } from './permissions.ts';
import { userObject } from './users.ts';

const banner = z
  .strictObject({
    kind: z.literal('keys_expiring').describe('What the banner is about: keys that expire within the reminder period.'),
    keys: z
      .array(
        z.strictObject({
          id: keyId().describe('The id of the key.'),
          name: z.string().describe('The name of the key.'),
          owner_id: userId().describe('The owner of the key: the user or a service account.'),
          expires_at: instant().describe('When it expires.'),
        }),
      )
      .describe(
        `The keys of the user, and of service accounts whose reminders they get, newest first, up to ${PAGE_LARGEST}.`,
      ),
    has_more: z.boolean().describe('Whether there are more such keys than are named.'),
  })
  .meta({ id: 'Banner', description: 'Something the user should act upon.' });

const credential = z
  .strictObject({
    kind: z.enum(['session', 'master_key']).describe('What the caller showed.'),
    id: z.string().describe('The id of the session or key.'),
    fresh_until: instant()
      .nullable()
      .describe('Until when the proof of the session is fresh enough for sensitive acts; null for a key.'),
    narrowed: z.boolean().describe('Whether the key is narrowed; such a key may do nothing but read this.'),
  })
  .meta({ id: 'Credential', description: 'The credential of this very request.' });

/** Who asks, and what they may do. */
export const me = z
  .strictObject({
    object: z.literal('me').describe('Always `me`.'),
    account: accountObject,
    user: userObject,
    credential,
    permissions: z
      .array(permission)
      .describe('What this credential may do: the rights of the user within the narrowing of the key.'),
    banners: z.array(banner).describe('What the user should act upon; empty when there is nothing.'),
  })
  .meta({ id: 'Me', description: 'Who asks, and what they may do.' });
