import { findUser } from '../../commands/find-user.ts';
import { type Implementation, reading } from '../call.ts';
import { presentUser } from '../present.ts';

/** `GET /v1/users/{id}`. */
export const readUserRoute: Implementation<'read_user'> = reading({
  run: (deps, { context, ids }) => findUser(deps.commands, context, ids.id),
  present: presentUser,
});
