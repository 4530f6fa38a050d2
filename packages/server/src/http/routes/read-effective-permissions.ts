import { showEffectivePermissions } from '../../commands/show-effective-permissions.ts';
import { type Implementation, reading } from '../call.ts';
import { presentPermission } from '../present.ts';

/** `GET /v1/users/{id}/effective-permissions` (P1, P5). */
export const readEffectivePermissionsRoute: Implementation<'read_effective_permissions'> = reading({
  run: (deps, { context, ids }) => showEffectivePermissions(deps.commands, context, ids.id),
  present: (permissions, { ids }) => ({
    object: 'effective_permissions',
    user_id: ids.id,
    permissions: permissions.map(presentPermission),
  }),
});
