import type { MailId } from '@claviger/core';

/** A mail as it leaves: who gets it, and its bytes. Every attempt of one mail carries the same Message-ID (R4). */
export type ComposedMail = {
  readonly id: MailId;
  readonly from: string;
  readonly recipient: string;
  /** RFC 5322, header and body. */
  readonly bytes: Buffer;
};

/** What became of one attempt. */
export type Delivery =
  | { readonly kind: 'accepted'; readonly answer: string }
  /** The server said no to this very mail: for good, or for now. */
  | { readonly kind: 'refused'; readonly isPermanent: boolean; readonly answer: string }
  /** The connection ended in the middle: nobody knows whether the mail arrived. */
  | { readonly kind: 'lost'; readonly answer: string }
  /** The server takes no mail at all from us just now; this one is as good as any. */
  | { readonly kind: 'unreachable'; readonly answer: string };

/** A way out for one mail after the other. */
export type MailLine = {
  /** Never throws for what a server does: that is a delivery. */
  deliver(mail: ComposedMail): Promise<Delivery>;
  /** Lets go of the way out once nothing is on it. */
  close(): void;
  /** Lets go at once: what is on its way is lost. */
  cut(): void;
};

/** How mails leave this installation. */
export type MailTransport = { open(): MailLine };

/** Characters. What is kept of a server's answer. */
const ANSWER_LONGEST = 500;

/**
 * A server's answer as it is kept and shown: on one line, short, and without long runs of characters. Some servers quote
 * the mail that they refuse, and the link of an invitation is a secret.
 */
export function answerText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replaceAll(/[\w-]{40,}/g, '…')
    .trim()
    .slice(0, ANSWER_LONGEST)
    .toWellFormed();
}
