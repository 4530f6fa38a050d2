import { HISTOGRAM_DAYS_DEFAULT, HISTOGRAM_DAYS_LONGEST, IN_USE_DAYS } from '@claviger/core';
import { z } from 'zod';
import { userId, utcDate, wholeNumberText } from './fields.ts';
import { keyKind } from './keys.ts';

/** Which coming expiries to count. */
export const expiryHistogramQuery = z.strictObject({
  days: wholeNumberText(1, HISTOGRAM_DAYS_LONGEST, 'days')
    .default(HISTOGRAM_DAYS_DEFAULT)
    .describe(`How many UTC days to count one by one, today being the first, 1 to ${HISTOGRAM_DAYS_LONGEST}.`),
  owner_id: userId().exactOptional().describe('Only keys of this user.'),
  kind: keyKind.exactOptional(),
});

const counts = {
  master: z.int().describe('Master keys.'),
  write_only: z.int().describe('Write-only keys.'),
  in_use: z.int().describe(`Those of the keys that were used in the last ${IN_USE_DAYS} days.`),
};

/** How many living keys expire on which day (E8). Keys that have expired are in none of the counts. */
export const expiryHistogram = z
  .strictObject({
    object: z.literal('expiry_histogram').describe('Always `expiry_histogram`.'),
    days: z
      .array(z.strictObject({ date: utcDate().describe('A UTC day.'), ...counts }))
      .describe('Every day that was asked for, in order, also those on which nothing expires.'),
    later: z.strictObject(counts).describe('Keys that expire after these days.'),
    never: z.strictObject(counts).describe('Keys that never expire.'),
  })
  .meta({ id: 'ExpiryHistogram', description: 'How many living keys expire on which day.' });
