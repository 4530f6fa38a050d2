import { signOut } from '../../commands/sign-out.ts';
import { type Implementation, changing } from '../call.ts';
import { sessionCookie } from '../session-cookie.ts';

/** `DELETE /v1/sessions/current` (U7): signs out and takes the cookie back. */
export const deleteCurrentSessionRoute: Implementation<'delete_current_session'> = changing({
  run: (deps, { context }) => signOut(deps.commands, context),
  present: () => null,
  headers: (deps) => ({ 'set-cookie': sessionCookie(deps.publicUrl()).takeBack() }),
});
