import { deleteOldMailsJob } from './delete-old-mails.ts';
import { deliverWebhooks } from './deliver-webhooks.ts';
import { idleKeysJob } from './idle-keys.ts';
import type { JobDeps } from './job-deps.ts';
import { forgetRemindersJob, remindersJob } from './reminders.ts';
import { resealJob } from './reseal.ts';
import type { Job } from './run-jobs.ts';
import { takeCheckpointsJob } from './take-checkpoints.ts';
import { sendMailsJob } from './send-mails.ts';
import { deleteOldUsageJob, foldUsageJob } from './usage.ts';

/** Every job of the control plane. */
export function allJobs(deps: JobDeps): readonly Job[] {
  const { store, clock } = deps.installation;
  const timed = { commands: deps.commands, clock };
  return [
    takeCheckpointsJob({ checkpoints: deps.installation.checkpoints, clock, log: deps.log }),
    deliverWebhooks(deps),
    remindersJob(timed),
    forgetRemindersJob(timed),
    idleKeysJob({ ...timed, flushUses: deps.flushUses }),
    sendMailsJob(deps),
    deleteOldMailsJob(store, clock),
    resealJob(deps.installation, deps.log),
    foldUsageJob(store),
    deleteOldUsageJob(store, clock),
  ];
}
