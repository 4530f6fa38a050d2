import { DECISION_CODES, USAGE_DAYS_KEPT } from '@claviger/core';
import { z } from 'zod';
import { askedInstant, instant, keyId } from './fields.ts';

/** What of a key's usage to tell (D13). */
export const usageQuery = z.strictObject({
  key_id: keyId().describe('The key.'),
  from: askedInstant()
    .exactOptional()
    .describe(
      'From the step that holds this instant; absent is 30 steps of a day, or 48 of an hour, before `to`. ' +
        `Usage is kept for ${USAGE_DAYS_KEPT} days.`,
    ),
  to: askedInstant().exactOptional().describe('Up to and with the step that holds this instant; absent is now.'),
  step: z
    .enum(['hour', 'day'], { error: 'must be hour or day' })
    .default('day')
    .describe('How long a step is; steps begin at full UTC hours or days.'),
});

const count = (): z.ZodInt => z.int().nonnegative();

/** What a key was used for, step by step (D13). */
export const usage = z
  .strictObject({
    object: z.literal('usage').describe('Always `usage`.'),
    key_id: keyId().describe('The key.'),
    step: z.enum(['hour', 'day']).describe('How long a step is.'),
    data: z
      .array(
        z.strictObject({
          starts_at: instant().describe('When the step begins.'),
          allowed: count().describe('Decisions that allowed the key.'),
          denied: count().describe('Decisions that refused it, its secret being right.'),
          reasons: z
            .partialRecord(z.enum(DECISION_CODES), count())
            .describe('The refusals by their code; codes that did not occur are left out.'),
        }),
      )
      .describe('The steps in order; those without any decision are left out. At most 10 s behind.'),
  })
  .meta({ id: 'Usage', description: 'How often a key was allowed and refused, and why.' });
