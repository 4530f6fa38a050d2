import { z } from 'zod';
import { inputError } from '../schemas/problem.ts';
import { member, type ProblemDefinition } from './definition.ts';

const errorsOf = (example: z.output<typeof inputError>) => ({
  errors: member(z.array(inputError), 'Everything that is wrong with the input, at once.', [example]),
});

/** Refusals of what was sent, by its form alone. */
export const INPUT_PROBLEMS = {
  malformed_request: {
    status: 400,
    title: 'Malformed request',
    example: 'The request is not HTTP that this server can read.',
    members: {},
  },
  malformed_target: {
    status: 400,
    title: 'Malformed request target',
    example: 'The path of the request cannot be read: it holds a bad escape.',
    members: {},
  },
  malformed_json: {
    status: 400,
    title: 'Malformed JSON',
    example: 'The body is not JSON in UTF-8.',
    members: {},
  },
  json_too_deep: {
    status: 400,
    title: 'JSON nested too deep',
    example: 'The body is nested deeper than 32 levels.',
    members: { deepest: member(z.int().positive(), 'The deepest nesting that is read, in levels.', 32) },
  },
  invalid_body: {
    status: 400,
    title: 'Invalid body',
    example: 'The body has 1 mistake; `errors` lists it.',
    members: errorsOf({
      pointer: '/lifespan_days',
      code: 'out_of_range',
      detail: 'must be null (never) or a whole number of days from 1 to 365',
    }),
  },
  invalid_query: {
    status: 400,
    title: 'Invalid query',
    example: 'The query has 1 mistake; `errors` lists it.',
    members: errorsOf({
      pointer: '/limit',
      code: 'out_of_range',
      detail: 'must be a whole number of rows from 1 to 100',
    }),
  },
  bad_cursor: {
    status: 400,
    title: 'Bad cursor',
    example: 'The cursor is none that this list gave out. Start again without one.',
    members: {},
  },
  idempotency_key_malformed: {
    status: 400,
    title: 'Malformed idempotency key',
    example: 'The Idempotency-Key must be 16 to 255 visible ASCII characters, in one header.',
    members: {
      shortest: member(z.int().positive(), 'Characters, at least.', 16),
      longest: member(z.int().positive(), 'Characters, at most.', 255),
    },
  },
  ambiguous_credentials: {
    status: 400,
    title: 'Ambiguous credentials',
    example: 'The request carries more than one credential. Send exactly one.',
    members: {},
    bearerError: 'invalid_request',
  },
  unknown_path: {
    status: 404,
    title: 'No such path',
    example: 'Nothing is served under this path.',
    members: {},
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    example: 'This path does not take PUT; it takes GET and POST.',
    members: { allowed_methods: member(z.array(z.string()), 'The methods it takes, as in `Allow`.', ['GET', 'POST']) },
  },
  request_timeout: {
    status: 408,
    title: 'Request timed out',
    example: 'The request did not arrive in time.',
    members: {},
  },
  body_too_large: {
    status: 413,
    title: 'Body too large',
    example: 'The body may have at most 65536 bytes.',
    members: { largest_bytes: member(z.int().positive(), 'The largest body taken here, in bytes.', 65_536) },
  },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    example: 'The body must be application/json.',
    members: {},
  },
  headers_too_large: {
    status: 431,
    title: 'Headers too large',
    example: 'The request line and headers are larger than this server reads.',
    members: {},
  },
} as const satisfies Record<string, ProblemDefinition>;
