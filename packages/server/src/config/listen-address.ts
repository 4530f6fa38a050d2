import { isIP } from 'node:net';

/** Where a listener listens. Port 0 lets the system choose a free one. */
export type ListenAddress = { readonly host: string; readonly port: number };

/** Reads `host:port`, where host is an IPv4 address, an IPv6 address in brackets, or `localhost`; null when it is none. */
export function parseListenAddress(text: string): ListenAddress | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(0|[1-9]\d{0,4})$/.exec(text);
  if (match === null) return null;
  const [, inBrackets, plain, portText] = match;
  const port = Number(portText);
  if (port > 65_535) return null;
  if (inBrackets !== undefined) return isIP(inBrackets) === 6 ? { host: inBrackets.toLowerCase(), port } : null;
  if (plain === undefined) return null;
  return plain === 'localhost' || isIP(plain) === 4 ? { host: plain, port } : null;
}

/** Whether a host can be reached from this machine only. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Writes an address as it stands in a URL. */
export function formatListenAddress(address: ListenAddress): string {
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}
