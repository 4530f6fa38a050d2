import { changeReminderSettings } from '../../commands/change-reminder-settings.ts';
import { changing, type Implementation } from '../call.ts';

/** `PUT /v1/reminder-settings` (R1). */
export const setReminderSettingsRoute: Implementation<'set_reminder_settings'> = changing({
  run: (deps, { context, body }) => changeReminderSettings(deps.commands, context, { daysBefore: body.days_before }),
  present: ({ daysBefore }) => ({ object: 'reminder_settings', days_before: daysBefore }),
});
