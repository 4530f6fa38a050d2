import { newUserId, ok, type UserId } from '@claviger/core';
import type { User } from '@claviger/storage';
import { type ActingUser, requireAdministrator } from './acting-user.ts';
import { checkContacts } from './contacts.ts';
import { insertDefaultKeys } from './default-keys.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { creatorOf, type SecretDeps } from './new-key.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';
import type { KeyWithSecret } from './shown-key.ts';

export type CreateServiceAccountInput = {
  readonly name: string;
  /** Who gets its reminders; null is the caller, so that no expiry goes unnoticed. */
  readonly contacts: readonly UserId[] | null;
};

/** The service account and its first keys, each with the only copy of its secret (K7). */
export type CreatedServiceAccount = { readonly user: User; readonly keys: readonly KeyWithSecret[] };

/** Creates a restricted user that cannot sign in, with the keys every new user gets, in one transaction (U6, K2). */
export function createServiceAccount(
  deps: SecretDeps & Pick<CommandDeps, 'change'>,
  context: CommandContext,
  input: CreateServiceAccountInput,
): CommandOutcome<CreatedServiceAccount> {
  return changeAs(deps, context, async (acting, change) => {
    const allowed = requireAdministrator(acting);
    if (!allowed.ok) return allowed;
    const contacts = await checkContacts(change.read, acting, input.contacts ?? [acting.user.id]);
    if (!contacts.ok) return contacts;
    const user = draft(deps, acting, { name: input.name, contacts: contacts.value });
    // Without an address there is none to be taken.
    await change.users.create(user, null);
    const { account, now } = acting;
    const keys = await insertDefaultKeys(deps, change, { account, user, now, ...creatorOf(acting) });
    return ok({ user, keys });
  });
}

function draft(deps: SecretDeps, acting: ActingUser, named: Pick<User, 'name' | 'contacts'>): User {
  return {
    ...named,
    id: newUserId(deps.randomBytes),
    accountId: acting.account.id,
    email: null,
    userType: 'restricted',
    isServiceAccount: true,
    createdAt: acting.now,
    disabledAt: null,
    expiration: {},
    policyIds: [],
    endsReportedKeys: false,
    ipAllowlist: null,
  };
}
