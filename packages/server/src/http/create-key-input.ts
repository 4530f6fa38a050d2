import { lifespan, parseUserId } from '@claviger/core';
import type { CreateKeyInput } from '../commands/create-key.ts';
import type { Call } from './call.ts';
import { parsePermissions, parseRateLimit } from './narrowing-fields.ts';

/** What a request says of a key to be made, in our own words. */
export function createKeyInput(body: Call<'create_key'>['body']): CreateKeyInput {
  return {
    kind: body.kind,
    name: body.name,
    ownerId: body.owner_id === undefined ? null : parseUserId(body.owner_id),
    lifespan: body.lifespan_days === undefined ? undefined : lifespan(body.lifespan_days),
    permissions: parsePermissions(body.permissions ?? null),
    allowedIps: body.allowed_ips ?? [],
    allowedOrigins: body.allowed_origins ?? [],
    rateLimit: parseRateLimit(body.rate_limit ?? null),
    metadata: body.metadata ?? {},
  };
}
