import { isIP } from 'node:net';
import { Secret } from '@claviger/core';
import type { Settings } from './settings.ts';

/** A mail server to hand mails to. */
export type SmtpServer = {
  readonly host: string;
  readonly port: number;
  /** `smtps://`: TLS from the first byte. With `smtp://` it begins later, and must when there are credentials. */
  readonly isTls: boolean;
  readonly credentials: { readonly user: string; readonly password: Secret } | null;
};

/** Who mails come from. */
export type MailAddress = { readonly name: string; readonly address: string };

/** How mails leave: `smtp` null writes them to files; `from` null is worked out from the public URL. */
export type MailSettings = { readonly smtp: SmtpServer | null; readonly from: MailAddress | null };

const SMTP_RULE =
  'SMTP_URL must be smtp://host:port or smtps://host:port, with user:password@ before the host when it asks for them, ' +
  'and nothing after the port';
const FROM_RULE = 'an address such as keys@example.com, or a name and an address such as Claviger <keys@example.com>';

/** Ports when none is given: submission, and submission over TLS (RFC 8314). */
const SUBMISSION_PORT = 587;
const TLS_SUBMISSION_PORT = 465;

/** Reads how mails leave. Links in mails need an address that people can open, so SMTP asks for a public URL. */
export function readMailSettings(settings: Settings): MailSettings {
  const url = settings.secret('SMTP_URL');
  const smtp = url === null ? null : parseSmtpUrl(url);
  // The value may hold a password: it is not printed.
  if (url !== null && smtp === null) settings.mistake(SMTP_RULE);
  if (url !== null && settings.text('CLAVIGER_PUBLIC_URL') === null) {
    settings.mistake(
      'CLAVIGER_PUBLIC_URL is required with SMTP_URL: set it to the address that links in mails lead to',
    );
  }
  return { smtp, from: settings.parsed('CLAVIGER_MAIL_FROM', FROM_RULE, { parse: parseMailAddress, fallback: null }) };
}

/** Reads the address of a mail server, or null when it is none. */
export function parseSmtpUrl(text: Secret): SmtpServer | null {
  const url = text.reveal();
  if (!/^smtps?:\/\/[^\s/?#\\]+\/?$/.test(url) || !URL.canParse(url)) return null;
  const { protocol, hostname, port, username, password } = new URL(url);
  if (hostname === '' || (username === '') !== (password === '')) return null;
  const [user, secret] = [decoded(username), decoded(password)];
  if (user === null || secret === null) return null;
  const isTls = protocol === 'smtps:';
  return {
    host: hostname.replaceAll(/^\[|\]$/g, ''),
    port: port === '' ? portOf(isTls) : Number(port),
    isTls,
    credentials: user === '' ? null : { user, password: new Secret(secret) },
  };
}

/** Reads `address` or `Name <address>`, without anything that means something else in a header; null when it is neither. */
export function parseMailAddress(text: string): MailAddress | null {
  const match = /^(?:(?<name>[^<>"\\\p{Cc}]{1,100}?) *<(?<inside>[^<>]+)>|(?<bare>[^<>]+))$/u.exec(text.trim());
  const address = match?.groups?.['inside'] ?? match?.groups?.['bare'] ?? '';
  if (!/^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[0-9A-Za-z](?:[0-9A-Za-z.-]{0,251}[0-9A-Za-z])?$/.test(address)) return null;
  return { name: (match?.groups?.['name'] ?? 'Claviger').trim(), address };
}

/** Who mails come from unless set: an address at the host of the public URL. */
export function mailFromAt(host: string): MailAddress {
  return { name: 'Claviger', address: `claviger@${host}` };
}

/** The name by which mails know this installation: the host of its public URL; an address without a name is `localhost`. */
export function mailHostOf(publicOrigin: string): string {
  const { hostname } = new URL(publicOrigin);
  return isIP(hostname.replaceAll(/^\[|\]$/g, '')) === 0 ? hostname : 'localhost';
}

function portOf(isTls: boolean): number {
  return isTls ? TLS_SUBMISSION_PORT : SUBMISSION_PORT;
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    // A percent sign that encodes nothing: the value is malformed, and the mistake must not show it.
    return null;
  }
}
