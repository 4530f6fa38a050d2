import { changeReminderSettings } from '../../commands/change-reminder-settings.ts';
import { changing, type Implementation } from '../call.ts';
import { given } from '../given.ts';
import { presentReminderSettings } from '../present-settings.ts';

/** `PUT /v1/reminder-settings` (R1, R4). */
export const setReminderSettingsRoute: Implementation<'set_reminder_settings'> = changing({
  run: (deps, { context, body }) =>
    changeReminderSettings(deps.commands, context, {
      daysBefore: body.days_before,
      ...given('furtherSteps', body.further_steps),
    }),
  present: presentReminderSettings,
});
