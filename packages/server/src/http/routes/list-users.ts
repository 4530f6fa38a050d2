import { listUsers } from '../../commands/list-users.ts';
import { type Implementation, reading } from '../call.ts';
import { pageRequestOf } from '../page-of-list.ts';
import { presentPage, presentUser } from '../present.ts';

/** `GET /v1/users`: administrators see everybody, restricted users themselves. */
export const listUsersRoute: Implementation<'list_users'> = reading({
  run: (deps, { context, query }) => listUsers(deps.commands, context, pageRequestOf(query)),
  present: (page) => presentPage(page, presentUser),
});
