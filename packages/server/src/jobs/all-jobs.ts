import type { CommandDeps } from '../commands/deps.ts';
import type { Config } from '../config.ts';
import type { PublicUrl } from '../config/public-url.ts';
import type { Installation } from '../installation.ts';
import type { Log } from '../logs.ts';
import { deliverWebhooks } from './deliver-webhooks.ts';
import { forgetRemindersJob, remindersJob } from './reminders.ts';
import type { Job } from './run-jobs.ts';

/** What jobs are made of. */
export type JobDeps = {
  readonly config: Config;
  readonly installation: Installation;
  readonly commands: CommandDeps;
  readonly log: Log;
  readonly publicUrl: PublicUrl;
};

/** Every job of the control plane. */
export function allJobs(deps: JobDeps): readonly Job[] {
  const reminders = { commands: deps.commands, clock: deps.installation.clock };
  return [deliverWebhooks(deps), remindersJob(reminders), forgetRemindersJob(reminders)];
}
