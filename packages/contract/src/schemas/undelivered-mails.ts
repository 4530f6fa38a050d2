import { z } from 'zod';
import { instant, mailId } from './fields.ts';

/** A mail that did not arrive (R7). What it tells is in no answer: it may be for one reader only. */
export const undeliveredMailObject = z
  .strictObject({
    object: z.literal('undelivered_mail').describe('Always `undelivered_mail`.'),
    id: mailId().describe('The id of the mail, which is also the first part of its Message-ID.'),
    recipient: z.string().describe('The address it is for.'),
    template: z.string().describe('What it is about, for example `invitation` or `keys_expiring`.'),
    created_at: instant().describe('When it was queued.'),
    attempts: z.int().nonnegative().describe('How often it was tried.'),
    last_answer: z
      .string()
      .nullable()
      .describe(
        'What the mail server, or the way to it, answered last, at most 500 characters; null before any answer.',
      ),
    next_attempt_at: instant()
      .nullable()
      .describe(
        'From when on it is tried again; null when it was given up. In the past: it waits for the mail server.',
      ),
    failed_at: instant().nullable().describe('When it was given up; null while it is still tried.'),
  })
  .meta({ id: 'UndeliveredMail', description: 'A mail that was given up, was tried in vain, or waits for too long.' });
export type UndeliveredMailObject = z.output<typeof undeliveredMailObject>;
