import { ok, parseAccountId, refuse, type Result } from '@claviger/core';
import type { Committed, Reader, User } from '@claviger/storage';
import type { OperatorRefusal } from '../operator/refusal.ts';
import type { AnonymousContext, CommandDeps } from './deps.ts';
import { endSessionsOf } from './end-sessions.ts';
import { insertSignInLink, type NewSignInLink } from './new-sign-in-link.ts';

/** The Owner and the link with which they get in again. */
export type CreatedOwnerLink = NewSignInLink & { readonly owner: User };

/**
 * Makes a new sign-in link for an Owner who cannot get in, by the operator (T1): named by the account's id or the Owner's
 * e-mail address. Their sessions end now, whoever has them; their password works on until the link is used.
 */
export async function createOwnerLink(
  deps: Pick<CommandDeps, 'read' | 'change' | 'randomBytes' | 'digestOf'>,
  context: AnonymousContext,
  named: string,
): Promise<Result<Committed<CreatedOwnerLink>, OperatorRefusal>> {
  const asked = await deps.read((reader) => findOwner(reader, named));
  if (!asked.ok) return asked;
  const { accountId } = asked.value;
  return deps.change<CreatedOwnerLink, OperatorRefusal>({ ...context.change, accountId }, async (change) => {
    // Asked again inside: ownership may have been handed over, and the address taken in another account.
    const owner = await findOwner(change.read, named);
    if (!owner.ok) return owner;
    if (owner.value.accountId !== accountId) return refuse({ kind: 'user-unknown', email: named });
    await endSessionsOf(change, owner.value.id, null);
    return ok({ owner: owner.value, ...(await insertSignInLink(deps, change, owner.value)) });
  });
}

async function findOwner(reader: Reader, named: string): Promise<Result<User, OperatorRefusal>> {
  const accountId = parseAccountId(named);
  const found = accountId === null ? await reader.users.findByEmail(named) : await reader.users.ownerOf(accountId);
  if (found === null) {
    return refuse(accountId === null ? { kind: 'user-unknown', email: named } : { kind: 'account-unknown', id: named });
  }
  if (found.userType !== 'owner') return refuse({ kind: 'not-an-owner', email: named, userType: found.userType });
  const owner = await reader.users.find(found.accountId, found.id);
  return owner === null ? refuse({ kind: 'user-unknown', email: named }) : ok(owner);
}
