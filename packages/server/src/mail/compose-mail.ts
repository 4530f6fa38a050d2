import { hash } from 'node:crypto';
import type { Instant, MailId } from '@claviger/core';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { MailAddress } from '../config/mail-settings.ts';
import { headerDate } from './dates.ts';
import type { WordedMail } from './layout.ts';
import type { MailTemplate } from './messages.ts';
import type { ComposedMail } from './transport.ts';

/** Who sends, and the host by which mails know this installation. */
export type Sender = { readonly from: MailAddress; readonly host: string };

/** A worded mail with what its header needs. */
export type MailToCompose = {
  readonly id: MailId;
  readonly recipient: string;
  readonly template: MailTemplate;
  readonly worded: WordedMail;
  readonly now: Instant;
};

/** Mails that come again and again, which readers may want to sort away. */
const RECURRING: ReadonlySet<MailTemplate> = new Set<MailTemplate>(['keys_expiring', 'keys_idle']);

/** Writes a mail as RFC 5322 text. Its Message-ID follows from its id: a second attempt is the same mail (R4). */
export async function composeMail(sender: Sender, mail: MailToCompose): Promise<ComposedMail> {
  const { from, host } = sender;
  const { worded } = mail;
  const composer = new MailComposer({
    from,
    to: { name: '', address: mail.recipient },
    subject: worded.subject,
    text: worded.text,
    html: worded.html,
    messageId: `<${mail.id}@${host}>`,
    date: headerDate(mail.now),
    headers: headersOf(mail, host),
    baseBoundary: hash('sha256', mail.id, 'hex').slice(0, 16),
    textEncoding: 'quoted-printable',
    newline: '\r\n',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const bytes = await composer.compile().build();
  return { id: mail.id, from: from.address, recipient: mail.recipient, bytes };
}

/** Nobody is to answer a program: neither out-of-office replies nor mailing lists (RFC 3834). */
function headersOf({ template }: MailToCompose, host: string): Record<string, string> {
  const list = RECURRING.has(template) ? { 'List-Id': `Claviger <${template.replaceAll('_', '-')}.${host}>` } : {};
  return { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All', ...list };
}
