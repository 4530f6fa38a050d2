import { ok } from '@claviger/core';
import { requireAdministrator } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { isChanging } from './is-changing.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';
import type { ReminderSettings } from './show-reminder-settings.ts';

/** Further steps that are absent stay as they are. */
export type ChangeReminderSettingsInput = Pick<ReminderSettings, 'daysBefore'> & Partial<ReminderSettings>;

/** Sets when owners are told that a key expires (R1, R4); the bounds, 1 to 90 whole days, are the parser's. */
export function changeReminderSettings(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  input: ChangeReminderSettingsInput,
): CommandOutcome<ReminderSettings> {
  return changeAs(deps, context, async (acting, change) => {
    const allowed = requireAdministrator(acting);
    if (!allowed.ok) return allowed;
    const { account } = acting;
    const to = {
      reminderDays: input.daysBefore,
      reminderSteps: [...new Set(input.furtherSteps ?? account.reminderSteps)].toSorted((a, b) => b - a),
    };
    if (isChanging(account, to)) await change.accounts.changeReminders(account, to);
    return ok({ daysBefore: to.reminderDays, furtherSteps: to.reminderSteps });
  });
}
