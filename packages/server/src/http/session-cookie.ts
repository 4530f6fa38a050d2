import { Secret, type SessionBounds } from '@claviger/core';
import type { PublicUrl } from '../config/public-url.ts';

/** How the session's cookie is written and read. The name depends on whether browsers reach us by https. */
export type SessionCookie = {
  readonly name: string;
  /** The `Set-Cookie` value that hands a session over. The browser forgets it when the session is over in any case. */
  handOver(session: { readonly token: Secret; readonly bounds: SessionBounds }): string;
  /** The `Set-Cookie` value that takes it back. */
  takeBack(): string;
};

/** What the `Cookie` headers of a request say about a session. */
export type CookieReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'presented'; readonly token: Secret };

/** `__Host-claviger` by https: browsers then refuse it from other hosts and without TLS. On plain-HTTP loopback that is impossible. */
export function sessionCookie(publicUrl: Pick<PublicUrl, 'isHttps'>): SessionCookie {
  const name = publicUrl.isHttps ? '__Host-claviger' : 'claviger';
  const flags = `Path=/; HttpOnly; SameSite=Lax${publicUrl.isHttps ? '; Secure' : ''}`;
  return {
    name,
    handOver: ({ token, bounds }) => `${name}=${token.reveal()}; Max-Age=${bounds.longestMs / 1000}; ${flags}`,
    takeBack: () => `${name}=; Max-Age=0; ${flags}`,
  };
}

/** Reads the session's cookie from raw headers; the same cookie twice is ambiguous, other cookies do not concern us. */
export function readSessionCookie(rawHeaders: readonly string[], name: string): CookieReading {
  const values: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() !== 'cookie') continue;
    for (const pair of (rawHeaders[index + 1] ?? '').split(';')) {
      const equals = pair.indexOf('=');
      if (equals !== -1 && pair.slice(0, equals).trim() === name) values.push(pair.slice(equals + 1).trim());
    }
  }
  if (values.length > 1) return { kind: 'ambiguous' };
  const [value] = values;
  return value === undefined || value === '' ? { kind: 'none' } : { kind: 'presented', token: new Secret(value) };
}
