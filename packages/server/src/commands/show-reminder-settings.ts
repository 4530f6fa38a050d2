import { ok } from '@claviger/core';
import { requireAdministrator } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';

/** The reminder period and the further steps, in days before expiry, longest first (R1, R4). */
export type ReminderSettings = { readonly daysBefore: number; readonly furtherSteps: readonly number[] };

/** Shows the account's reminder settings to those who may set them (R1). */
export function showReminderSettings(
  deps: Pick<CommandDeps, 'read'>,
  context: CommandContext,
): Outcome<ReminderSettings> {
  return readAs(deps, context, async (acting) => {
    const allowed = requireAdministrator(acting);
    if (!allowed.ok) return allowed;
    const { reminderDays, reminderSteps } = acting.account;
    return ok({ daysBefore: reminderDays, furtherSteps: reminderSteps });
  });
}
