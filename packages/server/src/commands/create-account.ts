import { newUserId, ok, refuse, type Result } from '@claviger/core';
import type { Account, Committed, User } from '@claviger/storage';
import type { OperatorRefusal } from '../operator/refusal.ts';
import { bindVerifyKeys } from './bind-verify-keys.ts';
import type { AnonymousContext, CommandDeps } from './deps.ts';
import { newAccount } from './new-account.ts';
import { insertSignInLink, type NewSignInLink } from './new-sign-in-link.ts';

export type CreateAccountInput = {
  readonly name: string;
  readonly owner: { readonly email: string; readonly name: string };
};

/** A new account, its Owner, and the link with which they sign in for the first time. */
export type CreatedAccount = NewSignInLink & {
  readonly account: Account;
  readonly owner: User;
  /** True for the first account of the installation: set-up is over with it (T2). */
  readonly isFirst: boolean;
};

/**
 * Makes an account with its Owner, by the operator (T1). The Owner has neither password nor keys until they use the link:
 * the secrets of their keys are for them alone to see, so those are made with their first sign-in, as at the acceptance of an
 * invitation (K2). The first account gets what set-up would give it: the verifiers' internal keys answer for it (T2).
 */
export async function createAccount(
  deps: Pick<CommandDeps, 'change' | 'randomBytes' | 'digestOf'>,
  context: AnonymousContext,
  input: CreateAccountInput,
): Promise<Result<Committed<CreatedAccount>, OperatorRefusal>> {
  const account = newAccount(deps, { name: input.name, createdAt: context.change.now });
  const owner = ownerOf(deps, account, input);
  return deps.change<CreatedAccount, OperatorRefusal>({ ...context.change, accountId: null }, async (change) => {
    const isFirst = !(await change.read.accounts.exist());
    await change.accounts.create(account);
    const created = await change.users.create(owner, null);
    if (created === 'email-taken') return refuse({ kind: 'email-taken', email: input.owner.email });
    if (isFirst) await bindVerifyKeys(change, account.id);
    return ok({ account, owner, isFirst, ...(await insertSignInLink(deps, change, owner)) });
  });
}

function ownerOf(deps: Pick<CommandDeps, 'randomBytes'>, account: Account, { owner }: CreateAccountInput): User {
  return {
    id: newUserId(deps.randomBytes),
    accountId: account.id,
    name: owner.name,
    email: owner.email,
    userType: 'owner',
    isServiceAccount: false,
    contacts: [],
    createdAt: account.createdAt,
    disabledAt: null,
    expiration: {},
    policyIds: [],
    endsReportedKeys: false,
    ipAllowlist: null,
  };
}
