import { createPolicy } from '../../commands/create-policy.ts';
import { changing, type Implementation } from '../call.ts';
import { parsePermissions } from '../narrowing-fields.ts';
import { presentPolicy } from '../present.ts';

/** `POST /v1/policies` (P1, P5). */
export const createPolicyRoute: Implementation<'create_policy'> = changing({
  run: (deps, { context, body: { name, description, permissions } }) =>
    createPolicy(deps.commands, context, {
      name,
      description: description ?? null,
      permissions: parsePermissions(permissions ?? []),
    }),
  present: presentPolicy,
});
