import { createServiceAccount } from '../../commands/create-service-account.ts';
import { changing, type Implementation } from '../call.ts';
import { parseUserIds } from '../narrowing-fields.ts';
import { presentKeyWithSecret, presentUser } from '../present.ts';

/** `POST /v1/users` (U6): people come by invitation, so this makes service accounts. */
export const createServiceAccountRoute: Implementation<'create_service_account'> = changing({
  run: (deps, { context, body }) => {
    const contacts = body.contacts === undefined ? null : parseUserIds(body.contacts);
    return createServiceAccount(deps.commands, context, { name: body.name, contacts });
  },
  present: ({ user, keys }, view) => ({
    user: presentUser(user),
    keys: keys.map((key) => presentKeyWithSecret(key, view)),
  }),
});
