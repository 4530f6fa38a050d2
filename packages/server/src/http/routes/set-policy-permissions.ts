import { editPolicy } from '../../commands/edit-policy.ts';
import { changing, type Implementation } from '../call.ts';
import { parsePermissions } from '../narrowing-fields.ts';
import { presentPolicy } from '../present.ts';

/** `PUT /v1/policies/{id}/permissions` (P4, P5). */
export const setPolicyPermissionsRoute: Implementation<'set_policy_permissions'> = changing({
  run: (deps, { context, ids, body }) => {
    const edit = { permissions: parsePermissions(body.permissions) };
    return editPolicy(deps.commands, context, { policyId: ids.id, edit });
  },
  present: presentPolicy,
});
