import { IDEMPOTENCY_KEY_LONGEST, IDEMPOTENCY_KEY_SHORTEST } from '@claviger/core';
import type { Json } from './components.ts';

/** Parameters that many operations share. */
export const SHARED_PARAMETERS: Json = {
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description:
      'Makes the call safe to repeat for 24 hours: the same key with the same body answers as the first time, without `secret`.',
    schema: {
      type: 'string',
      minLength: IDEMPOTENCY_KEY_SHORTEST,
      maxLength: IDEMPOTENCY_KEY_LONGEST,
      pattern: '^[\\x21-\\x7e]+$',
    },
  },
};

/** How callers say who they are. The cookie's name has the `__Host-` prefix wherever browsers grant it: over TLS. */
export function securitySchemes(publicUrl: string): Json {
  return {
    session: {
      type: 'apiKey',
      in: 'cookie',
      name: publicUrl.startsWith('https:') ? '__Host-claviger' : 'claviger',
      description: 'The session of a signed-in user. Calls that change something also need an `Origin` that matches.',
    },
    bearer: { type: 'http', scheme: 'bearer', description: 'A master key: `Authorization: Bearer <key>`.' },
    td1: {
      type: 'apiKey',
      in: 'header',
      name: 'Authorization',
      description: 'A master key: `Authorization: TD1 <key>`.',
    },
    api_key: { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: 'A master key: `X-Api-Key: <key>`.' },
    internal_key: {
      type: 'http',
      scheme: 'bearer',
      description: 'An internal key of purpose `verify`, made by the operator, in any of the headers that take a key.',
    },
  };
}
