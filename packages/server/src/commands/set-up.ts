import { newUserId, ok, refuse, type Secret, sessionBounds } from '@claviger/core';
import type { Account, Change, User } from '@claviger/storage';
import type { Refusal } from '../refusal.ts';
import { bindVerifyKeys } from './bind-verify-keys.ts';
import { insertDefaultKeys } from './default-keys.ts';
import type { AnonymousContext, CommandDeps } from './deps.ts';
import { newAccount } from './new-account.ts';
import type { SecretDeps } from './new-key.ts';
import { drawSession } from './new-session.ts';
import type { CommandOutcome, Outcome } from './outcome.ts';
import type { KeyWithSecret } from './shown-key.ts';
import type { SignedIn } from './sign-in.ts';

/** Whoever calls this has already shown the set-up token (T2). */
export type SetUpInput = {
  readonly accountName: string;
  readonly owner: { readonly email: string; readonly name: string; readonly password: Secret };
};

/** The first account, its Owner with two keys, and the Owner's session. */
export type SetUpDone = SignedIn & { readonly account: Account; readonly keys: readonly KeyWithSecret[] };

/** What set-up takes. */
export type SetUpDeps = SecretDeps & Pick<CommandDeps, 'read' | 'change' | 'passwords'>;

/**
 * Makes the installation's first account with its Owner and the Owner's two keys, in one transaction (T2, K2), and binds
 * the verifiers' internal keys to it. Works once: when any account exists it is refused.
 */
export async function setUp(deps: SetUpDeps, context: AnonymousContext, input: SetUpInput): CommandOutcome<SetUpDone> {
  // Asked before the slow password hash, so that a closed door costs nothing; asked again inside, where it decides.
  if (await deps.read((reader) => reader.accounts.exist())) return refuse({ kind: 'set-up-done' });
  const passwordHash = await deps.passwords.hash(input.owner.password);
  const founders = draft(deps, context, input);
  return deps.change<SetUpDone, Refusal>({ ...context.change, accountId: null }, async (change) => {
    if (await change.read.accounts.exist()) return refuse({ kind: 'set-up-done' });
    await change.accounts.create(founders.account);
    if ((await change.users.create(founders.user, passwordHash)) === 'email-taken')
      return refuse({ kind: 'email-taken' });
    return found(deps, change, { context, ...founders });
  });
}

type Founders = { readonly account: Account; readonly user: User };

async function found(
  deps: SetUpDeps,
  change: Change,
  { context, account, user }: Founders & { readonly context: AnonymousContext },
): Outcome<SetUpDone> {
  const { now } = change;
  // Keys made at set-up count as created by their owner (U3).
  const keys = await insertDefaultKeys(deps, change, { account, user, now, createdBy: user.id, createdByKeyId: null });
  await bindVerifyKeys(change, account.id);
  const { session, token } = drawSession(deps, user, { now, origin: context.change.origin });
  await change.sessions.create(session);
  return ok({ account, user, keys, session, token, bounds: sessionBounds(account.signIn) });
}

function draft(deps: SetUpDeps, context: AnonymousContext, input: SetUpInput): Founders {
  const createdAt = context.change.now;
  const account = newAccount(deps, { name: input.accountName, createdAt });
  const user: User = {
    id: newUserId(deps.randomBytes),
    accountId: account.id,
    name: input.owner.name,
    email: input.owner.email,
    userType: 'owner',
    isServiceAccount: false,
    contacts: [],
    createdAt,
    disabledAt: null,
    expiration: {},
    policyIds: [],
    endsReportedKeys: false,
    ipAllowlist: null,
  };
  return { account, user };
}
