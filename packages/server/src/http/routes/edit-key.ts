import type { KeyEdit } from '@claviger/storage';
import { editKey } from '../../commands/edit-key.ts';
import { type Call, changing, type Implementation } from '../call.ts';
import { given } from '../given.ts';
import { parsePermissions, parseRateLimit } from '../narrowing-fields.ts';
import { presentKey } from '../present.ts';

/** `PATCH /v1/keys/{id}` (K5): name, narrowing and metadata; never kind, owner or expiry. */
export const editKeyRoute: Implementation<'edit_key'> = changing({
  run: (deps, { context, ids, body }) => editKey(deps.commands, context, { keyId: ids.id, edit: editOf(body) }),
  present: (key, { now }) => presentKey(key, now),
});

function editOf(body: Call<'edit_key'>['body']): KeyEdit {
  return {
    ...given('name', body.name),
    ...given('metadata', body.metadata),
    ...(body.permissions === undefined ? {} : { permissions: parsePermissions(body.permissions) }),
    ...given('allowedIps', body.allowed_ips),
    ...given('allowedOrigins', body.allowed_origins),
    ...(body.rate_limit === undefined ? {} : { rateLimit: parseRateLimit(body.rate_limit) }),
  };
}
