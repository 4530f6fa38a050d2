import { mayManage, maySee, ok, refuse, type UserId } from '@claviger/core';
import type { Reader, User } from '@claviger/storage';
import type { ActingUser } from './acting-user.ts';
import type { Outcome } from './outcome.ts';

/** A user named by a request; `pointer` is the body's field that names them, or null for the path. */
export type NamedUser = { readonly userId: UserId; readonly pointer: string | null };

/** Finds a user whom the caller may see; for restricted callers everybody else is absent (K9). */
export async function findVisibleUser(reader: Reader, acting: ActingUser, named: NamedUser): Outcome<User> {
  const user = await reader.users.find(acting.account.id, named.userId);
  if (user === null || !maySee(acting.user, user)) return refuse({ kind: 'user-not-found', ...named });
  return ok(user);
}

/** Finds a user whom the caller may manage; who is visible but not managed is refused as such (U3). */
export async function findManagedUser(reader: Reader, acting: ActingUser, named: NamedUser): Outcome<User> {
  const found = await findVisibleUser(reader, acting, named);
  if (!found.ok || mayManage(acting.user, found.value)) return found;
  const { id, userType } = found.value;
  return refuse({ kind: 'not-allowed', because: { rule: 'user-not-managed', userId: id, userType } });
}
