import { isLoopbackHost, type ListenAddress, formatListenAddress } from './listen-address.ts';

/** The address that browsers and mails use, as an origin: scheme, host and port, never taken from `Host`. */
export type PublicUrl = {
  /** Without a slash at the end. */
  readonly origin: string;
  readonly isHttps: boolean;
  /** Origins that count as this one: on loopback the three spellings of the same place. */
  readonly sameOrigins: readonly string[];
};

/** Reads a public URL: `https://…`, or `http://…` on loopback, with neither path nor anything after it; else null. */
export function parsePublicUrl(text: string): PublicUrl | null {
  if (!/^https?:\/\/[^\s/?#@\\]+\/?$/.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  const host = url.hostname.replaceAll(/^\[|\]$/g, '');
  const isHttps = url.protocol === 'https:';
  if (isHttps) return { origin: url.origin, isHttps, sameOrigins: [url.origin] };
  if (!isLoopbackHost(host)) return null;
  return { origin: url.origin, isHttps, sameOrigins: loopbackOrigins(url) };
}

/** The public URL of a listener on loopback when none is set; `isTls` when it speaks TLS. */
export function publicUrlOfListener(address: ListenAddress, isTls: boolean): PublicUrl {
  const url = new URL(`${isTls ? 'https' : 'http'}://${formatListenAddress(address)}`);
  return { origin: url.origin, isHttps: isTls, sameOrigins: loopbackOrigins(url) };
}

function loopbackOrigins({ origin, protocol, port }: URL): readonly string[] {
  const end = port === '' ? '' : `:${port}`;
  return [
    ...new Set([origin, `${protocol}//127.0.0.1${end}`, `${protocol}//[::1]${end}`, `${protocol}//localhost${end}`]),
  ];
}
