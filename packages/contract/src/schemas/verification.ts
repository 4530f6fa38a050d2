import { BATCH_QUESTIONS_MOST, DECISION_CODES, OPERATION_NAME_LONGEST, RESOURCE_NAME_LONGEST } from '@claviger/core';
import { z } from 'zod';
import { accountId, instant, keyId, text, userId, version } from './fields.ts';
import { keyKind } from './keys.ts';
import { permission } from './permissions.ts';
import { IP_RANGE_LONGEST, ORIGIN_LONGEST } from './wire-limits.ts';

const RESOURCE_LONGEST = OPERATION_NAME_LONGEST + 1 + RESOURCE_NAME_LONGEST;
const ASKED_TEXT = 'give either `operation` with `resource`, or `"authenticate_only": true`';

/** What a question is about; each field is described where it stands. */
export const askedOperation = (): z.ZodString => text(1, OPERATION_NAME_LONGEST);
export const askedResource = (): z.ZodString =>
  text(1, RESOURCE_LONGEST).regex(/^[^:]+:./su, { error: 'must be `type:name`, for example database:sales' });
export const askedAddress = (): z.ZodString => text(1, IP_RANGE_LONGEST);
export const askedOrigin = (): z.ZodString => text(1, ORIGIN_LONGEST);

/** One presented key and what its caller wants (D8). */
export const question = z
  .strictObject({
    key: z.string({ error: 'must be the presented text' }).describe('The text that the client presented, whole.'),
    operation: askedOperation()
      .exactOptional()
      .describe('What the client wants to do, for example `import`; goes with `resource`.'),
    resource: askedResource()
      .exactOptional()
      .describe('What it wants to do it to, as `type:name`, for example `database:sales`.'),
    authenticate_only: z
      .literal(true, { error: 'must be true or absent' })
      .exactOptional()
      .describe('Asks only whether the key is good; you then decide by `kind` and `permissions` of the answer.'),
    ip: askedAddress()
      .exactOptional()
      .describe('The address of the client. A key bound to addresses is refused without it.'),
    origin: askedOrigin()
      .exactOptional()
      .describe('The `Origin` of the browser. A key bound to origins is refused without it.'),
    min_version: version()
      .exactOptional()
      .describe('Answer only from a state at least this new: wait up to 250 ms for it, then `stale`.'),
  })
  .refine((asked) => isClear(asked), { error: ASKED_TEXT, when: () => true })
  .meta({ id: 'Question', description: 'A presented key and what its caller wants.' });
export type QuestionObject = z.output<typeof question>;

/** Up to 1,000 questions in one call. */
export const questionsBody = z
  .strictObject({
    questions: z
      .array(question, { error: `must be a list of 1 to ${BATCH_QUESTIONS_MOST} questions` })
      .min(1, { error: `must be a list of 1 to ${BATCH_QUESTIONS_MOST} questions` })
      .max(BATCH_QUESTIONS_MOST, { error: `must be a list of 1 to ${BATCH_QUESTIONS_MOST} questions` })
      .describe(`The questions, 1 to ${BATCH_QUESTIONS_MOST}; the answers come in the same order.`),
  })
  .meta({ id: 'Questions', description: 'Several questions at once.' });

/** The answer to a question. `key` comes only when the presented secret proved right. */
export const decision = z
  .strictObject({
    object: z.literal('decision').describe('Always `decision`.'),
    allow: z.boolean().describe('Whether to let the request through.'),
    code: z.enum(DECISION_CODES).describe('Why: `allowed`, or the first thing that is wrong.'),
    version: version()
      .nullable()
      .describe('The version of the state that decided; null before the first one was loaded.'),
    key: z
      .strictObject({
        id: keyId().describe('The id of the key.'),
        kind: keyKind,
        name: z.string().nullable().describe('The name of the key; null where the verifier does not know names.'),
        owner_id: userId().describe('The user the key belongs to.'),
        expires_at: instant().nullable().describe('When the key expires; null is never.'),
        expiring: z.boolean().describe('Whether that is within the reminder period: warn the client.'),
      })
      .nullable()
      .describe('The key, or null unless the presented secret proved right.'),
    account_id: accountId().nullable().describe('The account of the key, or null.'),
    permissions: z
      .array(permission)
      .describe(
        'All the key may do: the rights of its owner, within its kind and its narrowing. Empty unless the secret proved right.',
      ),
    retry_after_seconds: z
      .int()
      .positive()
      .exactOptional()
      .describe('Seconds until a `rate_limited` client may come again; absent otherwise.'),
    expired_at: instant()
      .exactOptional()
      .describe('When an `expired` key or replaced secret ended, whatever ended it; absent otherwise.'),
  })
  .meta({ id: 'Decision', description: 'The answer to a presented key.' });
export type DecisionObject = z.output<typeof decision>;

/** The answers to several questions, in their order. */
export const decisions = z
  .strictObject({
    object: z.literal('list').describe('Always `list`.'),
    data: z.array(decision).describe('The decisions, in the order of the questions.'),
    has_more: z.literal(false).describe('Always false: every question has its answer.'),
    next_cursor: z.null().describe('Always null.'),
  })
  .meta({ id: 'Decisions', description: 'The answers to several questions, in their order.' });

/** Either an operation on a resource, or nothing but the key itself. Also runs when a field is wrong, so it assumes nothing. */
function isClear(asked: unknown): boolean {
  if (typeof asked !== 'object' || asked === null) return true;
  const hasOperation = 'operation' in asked;
  if (hasOperation !== 'resource' in asked) return false;
  return hasOperation !== 'authenticate_only' in asked;
}
