import { z } from 'zod';

/** What is wrong with one field of the input. */
export const inputError = z
  .strictObject({
    pointer: z
      .string()
      .describe('Where: a JSON pointer (RFC 6901) into the body, or `/` and the name of a query parameter.'),
    code: z.string().describe('What is wrong, as a word that never changes, for example `missing` or `out_of_range`.'),
    detail: z.string().describe('What is wanted instead, in words. Never repeats what was sent.'),
  })
  .meta({ id: 'InputError', description: 'What is wrong with one field of the input.' });

/** Every refusal and fault (RFC 9457); some codes carry further members. */
export const problem = z
  .looseObject({
    type: z.string().describe('The page that says what happened and how to mend it.'),
    title: z.string().describe('The problem in a few words; the same for every occurrence.'),
    status: z.int().describe('The HTTP status.'),
    detail: z.string().describe('What was refused this time, which limit or rule decided, and what to do next.'),
    instance: z.string().describe('Names this very request, for example `urn:request:…`.'),
    code: z.string().describe('The problem as a word that never changes: branch on this.'),
    request_id: z.string().describe('The id of the request, as in the header `Request-Id`.'),
    errors: z.array(inputError).exactOptional().describe('For bad input: everything that is wrong with it, at once.'),
  })
  .meta({ id: 'Problem', description: 'Why a request was refused (RFC 9457).' });
export type ProblemObject = z.output<typeof problem>;
