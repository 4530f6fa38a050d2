import { z } from 'zod';

/** One sort of refusal or fault, as data. */
export type ProblemDefinition = {
  readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 409 | 413 | 415 | 422 | 429 | 431 | 500 | 503;
  readonly title: string;
  /** A `detail` as it may read; the real one names the action, the value and the limit of the occasion. */
  readonly example: string;
  /** What the answer carries beside the members of every problem. */
  readonly members: Readonly<Record<string, z.ZodType>>;
  /** The `error` of `WWW-Authenticate` (RFC 6750) on a 401; null when no credential was shown. */
  readonly bearerError?: 'invalid_token' | 'invalid_request' | null;
};

/** A member together with a value as it may read. */
export function member<Schema extends z.ZodType>(schema: Schema, description: string, example: unknown): Schema {
  return schema.meta({ description, examples: [example] });
}

/** Seconds to wait, as in the header `Retry-After`. */
export const RETRY_AFTER_SECONDS = {
  retry_after_seconds: member(z.int().positive(), 'Seconds to wait before trying again, as in `Retry-After`.', 30),
};
