import { editPolicy } from '../../commands/edit-policy.ts';
import { changing, type Implementation } from '../call.ts';
import { given } from '../given.ts';
import { presentPolicy } from '../present.ts';

/** `PATCH /v1/policies/{id}` (P5): name and description; what it permits has a call of its own. */
export const editPolicyRoute: Implementation<'edit_policy'> = changing({
  run: (deps, { context, ids, body }) => {
    const description = body.description === undefined ? {} : { description: body.description };
    const edit = { ...given('name', body.name), ...description };
    return editPolicy(deps.commands, context, { policyId: ids.id, edit });
  },
  present: presentPolicy,
});
