import { ok } from '@claviger/core';
import { requireAdministrator } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';
import type { ReminderSettings } from './show-reminder-settings.ts';

/** Sets the account's reminder period (R1); its bounds, 1 to 90 whole days, are the parser's. */
export function changeReminderSettings(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  { daysBefore }: ReminderSettings,
): CommandOutcome<ReminderSettings> {
  return changeAs(deps, context, async (acting, change) => {
    const allowed = requireAdministrator(acting);
    if (!allowed.ok) return allowed;
    const { account } = acting;
    if (daysBefore !== account.reminderDays) await change.accounts.changeReminderDays(account, daysBefore);
    return ok({ daysBefore });
  });
}
