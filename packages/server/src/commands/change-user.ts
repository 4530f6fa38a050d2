import { mayChangeUserType, mayDisableUser, ok, refuse, type Result, type UserId, type UserType } from '@claviger/core';
import type { Change, Key, User } from '@claviger/storage';
import type { Refusal } from '../refusal.ts';
import { type ActingUser, requireAdministrator } from './acting-user.ts';
import { checkContacts } from './contacts.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { requireFreshProof } from './fresh-proof.ts';
import { isChanging } from './is-changing.ts';
import { findManagedUser } from './managed-user.ts';
import type { CommandOutcome, Outcome } from './outcome.ts';
import { changeAs } from './run-as.ts';
import { tellOfTypeChange } from './tell-of-type-change.ts';
import { changeType } from './type-change.ts';

/** Absent fields stay as they are. */
export type ChangeUserInput = {
  readonly userId: UserId;
  readonly name?: string;
  readonly contacts?: readonly UserId[];
  /** K12. */
  readonly endsReportedKeys?: boolean;
  readonly userType?: UserType;
  readonly isDisabled?: boolean;
};

/**
 * Changes a user: name, contacts of a service account, what becomes of reported keys (K12), type (U3, U8) and whether
 * they are disabled (U5). All of it or nothing. Everything is allowed first, by the state before the change, and done after.
 */
export function changeUser(
  deps: Pick<CommandDeps, 'change' | 'randomBytes'>,
  context: CommandContext,
  input: ChangeUserInput,
): CommandOutcome<User> {
  return changeAs(deps, context, async (acting, change) => {
    const found = await findManagedUser(change.read, acting, { userId: input.userId, pointer: null });
    if (!found.ok) return found;
    const allowed = await checkAll(change, acting, { user: found.value, input });
    if (!allowed.ok) return allowed;
    const asked = { user: found.value, input: allowed.value };
    const { value, stoppedKeys } = await applyAll(change, acting, asked);
    if (value.userType !== found.value.userType) {
      await tellOfTypeChange(deps, change, { user: value, to: value.userType, by: acting.user.name, stoppedKeys });
    }
    return ok(value);
  });
}

type Asked = { readonly user: User; readonly input: ChangeUserInput };

async function checkAll(change: Change, acting: ActingUser, { user, input }: Asked): Outcome<ChangeUserInput> {
  const type = input.userType === undefined ? ok(null) : checkType(acting, user, input.userType);
  if (!type.ok) return type;
  const disabling = input.isDisabled === undefined ? ok(null) : checkDisabling(acting, user, input.isDisabled);
  if (!disabling.ok) return disabling;
  if (input.contacts === undefined) return ok(input);
  const contacts = await checkOwnContacts(change, acting, { user, contacts: input.contacts });
  return contacts.ok ? ok({ ...input, contacts: contacts.value }) : contacts;
}

/** U3: who may turn whom into what; always with a fresh proof, since a promotion cannot be looked over in peace later (U8). */
function checkType(acting: ActingUser, user: User, to: UserType): Result<null, Refusal> {
  const fresh = requireFreshProof(acting);
  if (!fresh.ok) return fresh;
  if (to === user.userType) return ok(null);
  if (!mayChangeUserType(acting.user, user, to)) {
    const isSelf = acting.user.id === user.id;
    return refuse({ kind: 'not-allowed', because: { rule: 'user-type-change', from: user.userType, to, isSelf } });
  }
  if (user.isServiceAccount) {
    return refuse({ kind: 'service-account-stays-restricted', pointer: '/user_type', asked: to });
  }
  return ok(null);
}

function checkDisabling(acting: ActingUser, user: User, isDisabled: boolean): Result<null, Refusal> {
  const isSo = (user.disabledAt !== null) === isDisabled;
  if (isSo || mayDisableUser(acting.user, user)) return ok(null);
  const because = { rule: 'user-disabling', userType: user.userType, isSelf: acting.user.id === user.id } as const;
  return refuse({ kind: 'not-allowed', because });
}

async function checkOwnContacts(
  change: Change,
  acting: ActingUser,
  { user, contacts }: Pick<User, 'contacts'> & { readonly user: User },
): Outcome<readonly UserId[]> {
  const allowed = requireAdministrator(acting);
  if (!allowed.ok) return allowed;
  if (!user.isServiceAccount) return refuse({ kind: 'contacts-of-a-person', pointer: '/contacts' });
  return checkContacts(change.read, acting, contacts);
}

type Applied = { readonly value: User; readonly stoppedKeys: readonly Key[] };

async function applyAll(change: Change, acting: ActingUser, { user, input }: Asked): Promise<Applied> {
  const { name = user.name, contacts = user.contacts, userType = user.userType } = input;
  const edit = { name, contacts, endsReportedKeys: input.endsReportedKeys ?? user.endsReportedKeys };
  if (isChanging(user, edit)) await change.users.edit(user, edit);
  const isOther = userType !== user.userType;
  const stoppedKeys = isOther
    ? await changeType(change, acting, { user: await reread(change, user), to: userType })
    : [];
  const current = await reread(change, user);
  if (input.isDisabled === true) await disable(change, current);
  if (input.isDisabled === false) await change.users.enable(current);
  return { value: await reread(change, user), stoppedKeys };
}

/** Stops all of the user's keys, by the fact on the user, and ends the sessions (U5). */
async function disable(change: Change, user: User): Promise<void> {
  await change.users.disable(user);
  for (const session of await change.read.sessions.listOf(user.id)) await change.sessions.end(session);
}

/** Each step goes on from what the step before left: handing an old copy on would undo it. */
async function reread(change: Change, { accountId, id }: User): Promise<User> {
  const user = await change.read.users.find(accountId, id);
  if (user === null) throw new Error(`${id} is gone in the middle of a change`);
  return user;
}
