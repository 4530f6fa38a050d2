import { changeUser } from '../../commands/change-user.ts';
import { changing, type Implementation } from '../call.ts';
import { given } from '../given.ts';
import { parseUserIds } from '../narrowing-fields.ts';
import { presentUser } from '../present.ts';

/** `PATCH /v1/users/{id}` (U3, U5, U8). */
export const editUserRoute: Implementation<'edit_user'> = changing({
  run: (deps, { context, ids, body }) =>
    changeUser(deps.commands, context, {
      userId: ids.id,
      ...given('name', body.name),
      ...given('userType', body.user_type),
      ...given('isDisabled', body.disabled),
      ...given('endsReportedKeys', body.ends_reported_keys),
      ...(body.contacts === undefined ? {} : { contacts: parseUserIds(body.contacts) }),
    }),
  present: presentUser,
});
