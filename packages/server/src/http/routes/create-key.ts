import { lifespan, parseUserId } from '@claviger/core';
import { type CreateKeyInput, createKey } from '../../commands/create-key.ts';
import { type Call, changing, type Implementation } from '../call.ts';
import { parsePermissions, parseRateLimit } from '../narrowing-fields.ts';
import { presentKeyWithSecret } from '../present.ts';

/** `POST /v1/keys` (K3): the answer holds the only copy of the secret there will ever be (K7). */
export const createKeyRoute: Implementation<'create_key'> = changing({
  run: (deps, { context, body }) => createKey(deps.commands, context, inputOf(body)),
  present: presentKeyWithSecret,
});

function inputOf(body: Call<'create_key'>['body']): CreateKeyInput {
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
