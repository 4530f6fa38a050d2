import { FORCED_EXPIRY_REASONS, NAME_LONGEST, PREVIEW_OWNERS_MOST } from '@claviger/core';
import { z } from 'zod';
import { askedInstant, instant, line, note, userId, wholeNumber } from './fields.ts';
import { keyKind, receipt } from './keys.ts';
import { keyCounts, previewToken } from './policy-application.ts';
import { UNUSED_DAYS_LONGEST } from './wire-limits.ts';

const CONDITIONS = ['owner_id', 'kind', 'created_before', 'unused_days', 'name_pattern'] as const;
const ACTING = ['preview_token', 'reason', 'note'] as const;

type Given = { readonly [Name in (typeof CONDITIONS)[number] | (typeof ACTING)[number] | 'preview']?: unknown };

type Mistake = { readonly field: keyof Given; readonly message: string };

/** What is wrong with the fields together: a preview takes conditions, acting on it takes the token and a reason. */
function mistakesOf(given: Given): readonly Mistake[] {
  const has = (field: keyof Given): boolean => given[field] !== undefined;
  const isPreview = has('preview');
  const needed: readonly Mistake[] = isPreview
    ? [{ field: 'preview', message: `needs at least one condition: ${CONDITIONS.join(', ')}` }]
    : [
        { field: 'preview_token', message: 'is required, unless a preview is asked for with `preview`: true' },
        { field: 'reason', message: 'is required' },
      ];
  const isMet = ({ field }: Mistake): boolean => (isPreview ? CONDITIONS.some(has) : has(field));
  const refused: readonly (keyof Given)[] = isPreview ? ACTING : CONDITIONS;
  const message = isPreview
    ? 'goes without `preview`: preview first, then act'
    : 'goes with `preview`; the token knows it already';
  return [
    ...needed.filter((mistake) => !isMet(mistake)),
    ...refused.filter(has).map((field): Mistake => ({ field, message })),
  ];
}

/** Which keys to force-expire: first a preview, then its token (X6). */
export const forceExpireKeysBody = z
  .strictObject({
    preview: z
      .literal(true, { error: 'must be true or absent' })
      .exactOptional()
      .describe('Asks how many keys it would be, and ends none. Needs at least one of the conditions.'),
    owner_id: userId().exactOptional().describe('Only keys of this user.'),
    kind: keyKind.exactOptional(),
    created_before: askedInstant().exactOptional().describe('Only keys created before this instant.'),
    unused_days: wholeNumber(1, UNUSED_DAYS_LONGEST, 'days')
      .exactOptional()
      .describe(
        `Only keys not used for so many days, 1 to ${UNUSED_DAYS_LONGEST}; a key never used counts from its creation.`,
      ),
    name_pattern: line(1, NAME_LONGEST)
      .exactOptional()
      .describe('Only keys of this name; `*` stands for any run of characters, capital letters count.'),
    preview_token: previewToken().exactOptional(),
    reason: z
      .enum(FORCED_EXPIRY_REASONS, { error: `must be one of: ${FORCED_EXPIRY_REASONS.join(', ')}` })
      .exactOptional()
      .describe('Why; kept with each key. Goes with the token.'),
    note: note().exactOptional().describe('More about it, up to 1,000 characters; kept with each key.'),
  })
  .check((given) => {
    for (const { field, message } of mistakesOf(given.value)) {
      const at = { path: [field], message, input: given.value };
      // What is absent is told of as any other field that is missing.
      const isMissing = given.value[field] === undefined;
      given.issues.push(isMissing ? { ...at, code: 'invalid_type', expected: 'string' } : { ...at, code: 'custom' });
    }
  })
  .meta({ id: 'ForceExpireKeys', description: 'Which keys to stop for good: first a preview, then its token.' });

const byKind = z
  .strictObject({ master: z.int().describe('Master keys.'), write_only: z.int().describe('Write-only keys.') })
  .describe('The keys by kind.');

const preview = z
  .strictObject({
    object: z.literal('force_expire_preview').describe('Always `force_expire_preview`.'),
    preview_token: z.string().describe('What to send, with a reason, in order to end exactly these keys.'),
    valid_until: instant().describe('Until when the token can be used, once.'),
    counts: keyCounts,
    by_kind: byKind,
    by_owner: z
      .array(
        z.strictObject({
          owner_id: userId().describe('An owner.'),
          keys: z.int().describe('How many of the keys are theirs.'),
          in_use: z.int().describe('How many of these are in use.'),
        }),
      )
      .describe(`The owners, those with most keys first, up to ${PREVIEW_OWNERS_MOST}.`),
    has_more_owners: z.boolean().describe('Whether there are more owners than are named.'),
  })
  .meta({ id: 'ForceExpirePreview', description: 'How many keys of whom would be stopped for good.' });

const done = z
  .strictObject({
    object: z.literal('forced_expiries').describe('Always `forced_expiries`.'),
    counts: keyCounts,
    by_kind: byKind,
    receipt,
  })
  .meta({ id: 'ForcedExpiries', description: 'How many keys were stopped for good, and how far the news has spread.' });

/** What a mass force-expire answers: the preview, or what was done (X6). */
export const forceExpireKeysAnswer = z.discriminatedUnion('object', [preview, done]);
