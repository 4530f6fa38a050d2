import { parseIpAddress } from './ip-ranges.ts';

/** Characters. The longest name that the domain name system can carry. */
const HOST_LONGEST = 253;
const ORIGIN = /^(https?):\/\/(\[[^\]]*\]|[^/:[\]]+)(?::([1-9]\d{0,4}))?$/;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * Whether a text is a web origin as browsers send it (K5, D15): scheme, host in lower case, and a port only when it is not
 * the scheme's own. Origins are compared as texts, so one that no browser would send is refused here, not ignored later.
 */
export function isWebOrigin(text: string): boolean {
  const match = ORIGIN.exec(text);
  if (match === null) return false;
  const [, scheme, host, port] = match;
  if (host === undefined || !isHost(host)) return false;
  return port === undefined || (Number(port) <= 65_535 && port !== (scheme === 'http' ? '80' : '443'));
}

function isHost(host: string): boolean {
  if (host.startsWith('[')) return isIpv6Host(host.slice(1, -1));
  const labels = host.split('.');
  if (host.length > HOST_LONGEST || !labels.every((label) => LABEL.test(label))) return false;
  // A name whose last label is a number is an IPv4 address to browsers, and they write it in its one full form.
  return /^\d+$/.test(labels.at(-1) ?? '') ? parseIpAddress(host) !== null : true;
}

/** Browsers write the groups in lower case, without leading zeros or dotted parts. */
function isIpv6Host(text: string): boolean {
  return /^[0-9a-f:]+$/.test(text) && !/(?:^|:)0[0-9a-f]/.test(text) && parseIpAddress(text) !== null;
}
