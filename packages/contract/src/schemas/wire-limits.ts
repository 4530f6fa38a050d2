/** Limits that exist only because something travels as text; those of the product are in core. */

/** Characters. The longest CIDR range: an IPv6 address that ends in dotted IPv4, a slash and three digits. */
export const IP_RANGE_LONGEST = 49;
/** Characters. The longest web origin: scheme, a host name of 253 characters, a port. */
export const ORIGIN_LONGEST = 267;
/** Characters. A cursor is ours and short; anything longer was made up. */
export const CURSOR_LONGEST = 512;
/** Characters. A set-up token that somebody chose; longer ones are a pasted mistake. */
export const SETUP_TOKEN_LONGEST = 1_024;
/** Characters. The token of a link has 43; longer texts are a pasted mistake, and are still told as a wrong token. */
export const LINK_TOKEN_LONGEST = 1_024;
/** Characters. Event names and ids in filters. */
export const FILTER_LONGEST = 100;
/** Days. The longest time a filter may ask a key to have been unused: ten years. */
export const UNUSED_DAYS_LONGEST = 3_650;
/** Milliseconds. How long an answer may be held back until all verifiers have applied a change; the default, the longest. */
export const WAIT_MS_DEFAULT = 2_000;
export const WAIT_MS_LONGEST = 30_000;
/** Characters. A preview token of ours, with the longest name pattern in it, is shorter; anything longer was made up. */
export const PREVIEW_TOKEN_LONGEST = 4_096;
/** Users. Who gets the reminders of one service account. */
export const CONTACTS_MOST = 20;
