import type { UserType } from '@claviger/core';
import type { Change, Key, User } from '@claviger/storage';
import type { CommandDeps } from './deps.ts';
import { namedKey } from './named-key.ts';
import { queueMail } from './queue-mail.ts';

/** What a person now is, by whom, and which keys stopped with it until they rotate them. */
export type TypeChange = { readonly to: UserType; readonly by: string; readonly stoppedKeys: readonly Key[] };

/** Tells a person by mail that their user type changed, and which keys wait for them to be rotated (U3). */
export async function tellOfTypeChange(
  deps: Pick<CommandDeps, 'randomBytes'>,
  change: Change,
  { user, to, by, stoppedKeys }: TypeChange & { readonly user: Pick<User, 'accountId' | 'email'> },
): Promise<void> {
  if (user.email === null) return;
  const facts = { to, by, disabledKeys: stoppedKeys.map(namedKey) };
  const message = { template: 'user_type_changed', facts } as const;
  await queueMail(deps, change, { accountId: user.accountId, recipient: user.email, message });
}
