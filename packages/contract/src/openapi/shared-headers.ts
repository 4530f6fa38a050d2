import type { Json } from './components.ts';

const HEADERS = {
  RequestId: ['Request-Id', 'The id of the request; the logs and the audit log have it too.'],
  ClavigerVersion: ['Claviger-Version', 'The version of the change, `<epoch>.<n>`; absent when nothing had to change.'],
  IdempotentReplayed: [
    'Idempotent-Replayed',
    '`true` when the answer is a replay of an earlier one; a replay has no `secret`.',
  ],
  RetryAfter: ['Retry-After', 'Seconds to wait before trying again.'],
  RateLimit: [
    'RateLimit',
    'What is left of the limit, and when it is whole again: `"key";r=<requests left>;t=<seconds>`. Every answer to a key with a rate limit has it, and `RateLimit-Policy` with the limit.',
  ],
  WwwAuthenticate: [
    'WWW-Authenticate',
    'How to authenticate, with the error code of RFC 6750 when a credential was shown.',
  ],
  SetCookie: ['Set-Cookie', 'The cookie of the session: set, or cleared.'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>;

/** The name of a header component. */
export type SharedHeader = keyof typeof HEADERS;

/** The headers of an answer, by their names on the wire. */
export function headersOf(names: readonly SharedHeader[]): Json {
  return Object.fromEntries(names.map((name) => [HEADERS[name][0], { $ref: `#/components/headers/${name}` }]));
}

/** What the references of `headersOf` point to. */
export function sharedHeaders(): Json {
  return Object.fromEntries(
    Object.entries(HEADERS).map(([name, [, description]]) => [name, { description, schema: { type: 'string' } }]),
  );
}
