import { listPolicies } from '../../commands/list-policies.ts';
import { type Implementation, reading } from '../call.ts';
import { pageRequestOf } from '../page-of-list.ts';
import { presentPage, presentPolicy } from '../present.ts';

/** `GET /v1/policies` (P5). */
export const listPoliciesRoute: Implementation<'list_policies'> = reading({
  run: (deps, { context, query }) => listPolicies(deps.commands, context, pageRequestOf(query)),
  present: (page) => presentPage(page, presentPolicy),
});
