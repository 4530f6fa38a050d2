import {
  DAY_SHARE_PERCENT_DEFAULT,
  DAY_SHARE_PERCENT_LARGEST,
  DAY_SHARE_PERCENT_SMALLEST,
  IN_USE_DAYS,
  NOTICE_DAYS_DEFAULT,
  NOTICE_DAYS_LONGEST,
  NOTICE_DAYS_SHORTEST,
  PREVIEW_KEYS_MOST,
  PREVIEW_MS,
} from '@claviger/core';
import { z } from 'zod';
import { instant, keyId, line, userId, utcDate, wholeNumber } from './fields.ts';
import { keyKind } from './keys.ts';
import { PREVIEW_TOKEN_LONGEST } from './wire-limits.ts';

const noticeDays = (): z.ZodInt => wholeNumber(NOTICE_DAYS_SHORTEST, NOTICE_DAYS_LONGEST, 'days');
const sharePercent = (): z.ZodInt => wholeNumber(DAY_SHARE_PERCENT_SMALLEST, DAY_SHARE_PERCENT_LARGEST, 'percent');

const NOTICE_TEXT = `No key ends earlier than so many days after the preview, ${NOTICE_DAYS_SHORTEST} to ${NOTICE_DAYS_LONGEST}.`;
const SHARE_TEXT =
  'The most that one UTC day takes of the keys that are shortened, in percent, ' +
  `${DAY_SHARE_PERCENT_SMALLEST} to ${DAY_SHARE_PERCENT_LARGEST}; one key a day is always allowed.`;

/** On which terms to apply the expiration policy to existing keys (E6). */
export const previewPolicyBody = z
  .strictObject({
    notice_days: noticeDays().exactOptional().describe(`${NOTICE_TEXT} Absent is ${NOTICE_DAYS_DEFAULT}.`),
    max_share_percent: sharePercent().exactOptional().describe(`${SHARE_TEXT} Absent is ${DAY_SHARE_PERCENT_DEFAULT}.`),
  })
  .meta({ id: 'PreviewExpirationPolicy', description: 'On which terms the policy would be applied.' });

/** The token of a preview that is to be acted on (E6, X6). */
export const previewToken = () =>
  line(1, PREVIEW_TOKEN_LONGEST).describe(
    `The token of a preview that you asked for at most ${PREVIEW_MS / 60_000} minutes ago.`,
  );

/** The preview to act on (E6). */
export const applyPolicyBody = z
  .strictObject({ preview_token: previewToken() })
  .meta({ id: 'ApplyExpirationPolicy', description: 'Which preview is acted on.' });

/** How many keys an act touches, and whose. */
export const keyCounts = z
  .strictObject({
    keys: z.int().describe('Keys.'),
    owners: z.int().describe('Users whom these keys belong to.'),
    in_use: z.int().describe(`Those of the keys that were used in the last ${IN_USE_DAYS} days.`),
  })
  .meta({ id: 'KeyCounts', description: 'How many keys an act touches.' });

const spread = z
  .array(z.strictObject({ date: utcDate().describe('A UTC day.'), keys: z.int().describe('Keys that it ends.') }))
  .describe('How many of the keys end on which day, in order; days without any are left out.');

const previewedKey = z
  .strictObject({
    id: keyId().describe('The id of the key.'),
    kind: keyKind,
    name: z.string().describe('The name of the key.'),
    owner_id: userId().describe('The owner of the key.'),
    in_use: z.boolean().describe(`Whether it was used in the last ${IN_USE_DAYS} days.`),
    expires_at: instant().nullable().describe('When it expires now; null is never.'),
    new_expires_at: instant().describe('When it would expire.'),
  })
  .meta({ id: 'PreviewedKey', description: 'A key whose life would be shortened.' });

const terms = {
  notice_days: noticeDays().describe(NOTICE_TEXT),
  max_share_percent: sharePercent().describe(SHARE_TEXT),
  most_per_day: z.int().positive().describe('Keys that one UTC day takes at most, which follows from the share.'),
};

/** What applying the policy would do (E6). */
export const expirationPreview = z
  .strictObject({
    object: z.literal('expiration_preview').describe('Always `expiration_preview`.'),
    preview_token: z.string().describe('What to send in order to do exactly this.'),
    valid_until: instant().describe('Until when the token can be used, once.'),
    counts: keyCounts,
    ...terms,
    spread,
    left_out: z
      .strictObject({
        of_others: z
          .int()
          .describe('Keys that the policy would shorten, of users whom you do not manage: they stay as they are.'),
        ending_before: z
          .int()
          .describe('Keys that end by themselves before the spread would come to them: they stay as they are.'),
      })
      .describe('Keys that live longer than the policy says and stay as they are.'),
    keys: z
      .array(previewedKey)
      .describe(`The keys that lose most, up to ${PREVIEW_KEYS_MOST}; those that never expired come first.`),
    has_more: z.boolean().describe('Whether there are more keys than are named.'),
  })
  .meta({ id: 'ExpirationPreview', description: 'What applying the expiration policy to existing keys would do.' });

/** What applying the policy did (E6). */
export const expirationApplication = z
  .strictObject({
    object: z.literal('expiration_application').describe('Always `expiration_application`.'),
    counts: keyCounts,
    ...terms,
    spread,
  })
  .meta({ id: 'ExpirationApplication', description: 'What applying the expiration policy to existing keys did.' });
