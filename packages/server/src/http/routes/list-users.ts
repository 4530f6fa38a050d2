import { parsePolicyId } from '@claviger/core';
import { listUsers } from '../../commands/list-users.ts';
import { type Implementation, reading } from '../call.ts';
import { given } from '../given.ts';
import { pageRequestOf } from '../page-of-list.ts';
import { presentPage, presentUser } from '../present.ts';

/** `GET /v1/users`: administrators see everybody, restricted users themselves. */
export const listUsersRoute: Implementation<'list_users'> = reading({
  run: (deps, { context, query }) => {
    const policyId = given('policyId', parsePolicyId(query.policy_id ?? ''));
    return listUsers(deps.commands, context, { page: pageRequestOf(query), ...policyId });
  },
  present: (page) => presentPage(page, presentUser),
});
