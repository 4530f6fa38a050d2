import type { Instant, Secret } from '@claviger/core';
import type { Account, LeasedMail, Reader } from '@claviger/storage';
import type { MailWords } from './mail-words.ts';
import type { MailMessage, MailTemplate, NamedKey } from './messages.ts';

/** What a mail is worded from beside its facts, read as it leaves: facts may be days old by then (R5). */
export type Wording = {
  readonly mail: LeasedMail;
  readonly account: Account;
  readonly reader: Reader;
  readonly now: Instant;
  /** The public URL, without a slash at the end. */
  readonly origin: string;
  /** The tokens that a link may have, one for each known sealing key, that in use first; worked out and never stored. */
  linkTokens(purpose: string, id: string): readonly Secret[];
  /** SHA-256 of a token, hex. */
  readonly digestOf: (token: Secret) => string;
};

/** The facts of a template. */
export type FactsOf<Template extends MailTemplate> = Extract<MailMessage, { template: Template }>['facts'];

/** Words a mail, or answers null when there is nothing left to tell (R7). */
export type Word<Template extends MailTemplate> = (
  wording: Wording,
  facts: FactsOf<Template>,
) => Promise<MailWords | null>;

/** Where the portal shows one's keys. */
export const KEYS_PAGE = '/keys';

/** The parts that are the same in every mail. */
export function frameOf({ account, origin }: Wording): Pick<MailWords, 'accountName' | 'origin'> {
  return { accountName: account.name, origin };
}

/** What a key is, in words: `Master key clv_master_4fQ2…x9Kd`. */
export function keyDetail({ kind, hint }: Pick<NamedKey, 'kind' | 'hint'>): string {
  return `${kind === 'master' ? 'Master key' : 'Write-only key'} ${hint}`;
}
