import type { Instant, Secret } from '@claviger/core';
import type { LeasedMail, Store } from '@claviger/storage';
import type { Sealer } from '../sealing.ts';
import { renderMail, type WordedMail } from './layout.ts';
import type { MailTemplate } from './messages.ts';
import { invitation } from './templates/invitation.ts';
import { keySelfRevoked } from './templates/key-self-revoked.ts';
import { keysExpiring } from './templates/keys-expiring.ts';
import { keysIdle } from './templates/keys-idle.ts';
import { keysReassigned } from './templates/keys-reassigned.ts';
import { mailFailed } from './templates/mail-failed.ts';
import { passwordReset } from './templates/password-reset.ts';
import { userTypeChanged } from './templates/user-type-changed.ts';
import type { FactsOf, Word, Wording } from './words.ts';

/** What wording takes beside the mail. */
export type WordingDeps = {
  readonly read: Store['read'];
  readonly sealer: Pick<Sealer, 'linkTokens'>;
  /** SHA-256 of a token, hex. */
  readonly digestOf: (token: Secret) => string;
  /** The public URL, without a slash at the end. */
  readonly origin: string;
};

const WORDS: { readonly [Template in MailTemplate]: Word<Template> } = {
  invitation,
  key_self_revoked: keySelfRevoked,
  keys_expiring: keysExpiring,
  keys_idle: keysIdle,
  keys_reassigned: keysReassigned,
  mail_failed: mailFailed,
  password_reset: passwordReset,
  user_type_changed: userTypeChanged,
};

/** Whether there is a text of this name; a newer program may have queued mails that this one cannot word. */
export function isMailTemplate(name: string): name is MailTemplate {
  return Object.hasOwn(WORDS, name);
}

/** Words a mail as things are now, or answers null when there is nothing left to tell (R7). */
export async function wordMail(deps: WordingDeps, mail: LeasedMail, now: Instant): Promise<WordedMail | null> {
  const { accountId, template } = mail;
  if (!isMailTemplate(template)) throw new Error(`there is no text named ${template}`);
  const words = await deps.read(async (reader) => {
    const account = accountId === null ? null : await reader.accounts.find(accountId);
    if (account === null) return null;
    const { sealer, digestOf, origin } = deps;
    const linkTokens: Wording['linkTokens'] = (purpose, id) => sealer.linkTokens(purpose, id);
    const wording: Wording = { mail, account, reader, now, origin, linkTokens, digestOf };
    return wordOf(template)(wording, mail.facts as FactsOf<typeof template>);
  });
  return words === null ? null : renderMail(words);
}

/** Facts were queued under the name of their template, and only `queueMail` queues: they fit. */
function wordOf<Template extends MailTemplate>(template: Template): Word<Template> {
  return WORDS[template];
}
