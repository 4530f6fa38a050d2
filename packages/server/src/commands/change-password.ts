import { ok, refuse, type Secret } from '@claviger/core';
import type { User } from '@claviger/storage';
import { hashChosen } from './chosen-password.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { endSessionsOf } from './end-sessions.ts';
import { requireFreshProof } from './fresh-proof.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs, readAs } from './run-as.ts';
import { failedSignIn } from './sign-in.ts';

export type ChangePasswordInput = { readonly current: Secret; readonly chosen: Secret };

/** Changes the caller's own password and ends their other sessions (U7, U8). A wrong one is an event, as at sign-in (A2). */
export async function changePassword(
  deps: Pick<CommandDeps, 'read' | 'change' | 'passwords'>,
  context: CommandContext,
  { current, chosen }: ChangePasswordInput,
): CommandOutcome<User> {
  const asked = await readAs(deps, context, async (acting, reader) => {
    const fresh = requireFreshProof(acting);
    return fresh.ok ? ok({ acting, hash: await reader.users.passwordHashOf(acting.user.id) }) : fresh;
  });
  if (!asked.ok) return asked;
  const { acting, hash } = asked.value;
  const isProven = await deps.passwords.matches(current, hash);
  const hashed = isProven ? await hashChosen(deps, chosen, acting.account) : null;
  if (hashed !== null && !hashed.ok) return hashed;
  const outcome = await changeAs<User | null>(deps, context, async (now, change) => {
    const fresh = requireFreshProof(now);
    if (!fresh.ok) return fresh;
    // A password that was changed meanwhile proves nothing any more.
    if (hashed === null || hash !== (await change.read.users.passwordHashOf(now.user.id))) {
      change.record(failedSignIn(now.user.id));
      return ok(null);
    }
    await change.users.changePassword(now.user, hashed.value);
    await endSessionsOf(change, now.user.id, now.credential.kind === 'session' ? now.credential.sessionId : null);
    return ok(now.user);
  });
  if (!outcome.ok) return outcome;
  const { value, ...committed } = outcome.value;
  return value === null ? refuse({ kind: 'wrong-password' }) : ok({ ...committed, value });
}
