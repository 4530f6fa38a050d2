import { randomBytes } from 'node:crypto';
import { giveUpMail } from '../commands/give-up-mail.ts';
import { mailFromAt, mailHostOf } from '../config/mail-settings.ts';
import { composeMail } from '../mail/compose-mail.ts';
import { fileTransport } from '../mail/file-transport.ts';
import { createMailSender } from '../mail/sender.ts';
import { SMTP_TIMEOUTS, smtpTransport } from '../mail/smtp-transport.ts';
import type { MailTransport } from '../mail/transport.ts';
import { isMailTemplate, wordMail } from '../mail/word-mail.ts';
import type { JobDeps } from './job-deps.ts';
import type { Job } from './run-jobs.ts';

/** Milliseconds between two rounds. */
const EVERY_MS = 1_000;

/** Sends the mails that are due (R4 to R7). Several processes may run it at once: each mail has one sender at a time. */
export function sendMailsJob(deps: JobDeps): Job {
  const { commands, installation, log } = deps;
  const { store, clock, sealer } = installation;
  const { origin } = deps.publicUrl;
  const host = mailHostOf(origin);
  const from = deps.config.mail.from ?? mailFromAt(host);
  const sender = createMailSender({
    outbox: store.outbox,
    clock,
    randomBytes,
    transport: transportOf(deps, host),
    log,
    word: (mail, now) => wordMail({ read: commands.read, sealer, digestOf: commands.digestOf, origin }, mail, now),
    compose: (mail, worded, now) => {
      const { id, recipient, template } = mail;
      if (!isMailTemplate(template)) throw new Error(`there is no text named ${template}`);
      return composeMail({ from, host }, { id, recipient, template, worded, now });
    },
    giveUp: (mail, failure) => giveUpMail(commands, mail, { ...failure, now: clock.now(), storable: clock.storable() }),
  });
  return { name: 'send-mails', everyMs: EVERY_MS, run: (stop) => sender.sendRound(stop) };
}

function transportOf({ config, installation, log }: JobDeps, host: string): MailTransport {
  const { smtp } = config.mail;
  if (smtp === null) return fileTransport(installation.folder.outboxFolder, log);
  return smtpTransport({ server: smtp, host, clock: installation.clock, timeouts: SMTP_TIMEOUTS });
}
