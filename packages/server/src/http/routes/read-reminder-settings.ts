import { showReminderSettings } from '../../commands/show-reminder-settings.ts';
import { type Implementation, reading } from '../call.ts';
import { presentReminderSettings } from '../present-settings.ts';

/** `GET /v1/reminder-settings` (R1, R4). */
export const readReminderSettingsRoute: Implementation<'read_reminder_settings'> = reading({
  run: (deps, { context }) => showReminderSettings(deps.commands, context),
  present: presentReminderSettings,
});
