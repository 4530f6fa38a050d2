/** What a mail says, without how it looks. Every text may hold names that somebody chose: nothing in it is markup. */
export type MailWords = {
  readonly subject: string;
  readonly heading: string;
  readonly blocks: readonly Block[];
  /** Why the recipient gets this mail. */
  readonly reason: string;
  /** The account that it is about, and where its Claviger is. */
  readonly accountName: string;
  readonly origin: string;
};

/** One piece of a mail. */
export type Block =
  | { readonly kind: 'paragraph'; readonly text: string }
  /** Things, keys mostly: a name, what it is, and lines about it. */
  | { readonly kind: 'list'; readonly entries: readonly Entry[] }
  /** What to do, in order. */
  | { readonly kind: 'steps'; readonly steps: readonly string[] }
  /** Somebody else's words, such as a mail server's. */
  | { readonly kind: 'quotation'; readonly text: string }
  /** The one thing to open. */
  | { readonly kind: 'link'; readonly label: string; readonly url: string }
  | { readonly kind: 'note'; readonly text: string };

export type Entry = { readonly title: string; readonly detail: string; readonly note: string | null };
