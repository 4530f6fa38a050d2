import { clientAddress } from '@claviger/gateway';
import type { IpAddress, IpRange } from '@claviger/core';
import { formatIpRange } from '../commands/ip-range-text.ts';
import { headerValues } from './origin-check.ts';

/** Where a request came from: the address to decide by, and the text to write down; both null when nobody can tell. */
export type ClientAddress = { readonly address: IpAddress | null; readonly text: string | null };

/** Finds the client's address; forwarding headers count only behind a configured proxy, read right to left (I6). */
export function readClientAddress(
  request: { readonly rawHeaders: readonly string[]; readonly peer: string | undefined },
  trustedProxies: readonly IpRange[],
): ClientAddress {
  const from = {
    peer: request.peer,
    forwardedFor: headerValues(request.rawHeaders, 'x-forwarded-for'),
    realIp: headerValues(request.rawHeaders, 'x-real-ip'),
  };
  const address = clientAddress(from, trustedProxies);
  return { address, text: address === null ? null : formatIpRange({ base: address, prefixBits: 128 }) };
}

/** The name under which attempts of an address are counted: one IPv4 address, or the /64 that an IPv6 host has to itself. */
export function throttleName({ address }: ClientAddress): string {
  if (address === null) return 'unknown';
  const [a, b, c, d] = address;
  const isIpv4 = a === 0 && b === 0 && c === 0xffff;
  return isIpv4 ? `4:${d}` : `6:${a}:${b}`;
}
