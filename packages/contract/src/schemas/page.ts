import { PAGE_DEFAULT, PAGE_LARGEST } from '@claviger/core';
import { z } from 'zod';
import { line, wholeNumberText } from './fields.ts';
import { CURSOR_LONGEST } from './wire-limits.ts';

/** Which part of a list is asked for. */
export const pageFields = {
  limit: wholeNumberText(1, PAGE_LARGEST, 'rows')
    .default(PAGE_DEFAULT)
    .describe(`How many rows to answer at most, 1 to ${PAGE_LARGEST}.`),
  cursor: line(1, CURSOR_LONGEST)
    .exactOptional()
    .describe(
      'Where to go on: the `next_cursor` of the page before, with the same filters. Absent starts at the newest.',
    ),
};

/** The query of a list that has no filters. */
export const pageQuery = z.strictObject(pageFields);

/** The envelope of every list. */
export function listOf<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<
  {
    object: z.ZodLiteral<'list'>;
    data: z.ZodArray<Item>;
    has_more: z.ZodBoolean;
    next_cursor: z.ZodNullable<z.ZodString>;
  },
  z.core.$strict
> {
  return z.strictObject({
    object: z.literal('list').describe('Always `list`.'),
    data: z.array(item).describe('The rows of this page, newest first.'),
    has_more: z.boolean().describe('Whether there are rows after this page.'),
    next_cursor: z.string().nullable().describe('What to send as `cursor` for the next page; null on the last one.'),
  });
}
