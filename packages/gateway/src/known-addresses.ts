import { type IpAddress, parseIpAddress } from '@claviger/core';

/** Texts. Clients come again and again; more than this are kept for nobody. */
const KEPT_MOST = 4_096;
/** Characters. No address is longer: an IPv6 one that ends in dotted IPv4. */
const KEPT_LONGEST = 45;

const kept = new Map<string, IpAddress | null>();

/** Parses an address as `parseIpAddress` does, and remembers it: every question and every forwarded request has one. */
export function knownAddress(text: string): IpAddress | null {
  const known = kept.get(text);
  if (known !== undefined) return known;
  const address = parseIpAddress(text);
  if (text.length > KEPT_LONGEST) return address;
  if (kept.size >= KEPT_MOST) kept.clear();
  kept.set(text, address);
  return address;
}
