import { showReminderSettings } from '../../commands/show-reminder-settings.ts';
import { type Implementation, reading } from '../call.ts';

/** `GET /v1/reminder-settings` (R1). */
export const readReminderSettingsRoute: Implementation<'read_reminder_settings'> = reading({
  run: (deps, { context }) => showReminderSettings(deps.commands, context),
  present: ({ daysBefore }) => ({ object: 'reminder_settings', days_before: daysBefore }),
});
