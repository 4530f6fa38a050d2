import { type IpAddress, type IpRange, isInRange } from '@claviger/core';
import { knownAddress } from './known-addresses.ts';

/** What a request says of where it came from. */
export type ForwardedFor = {
  /** The address of the direct peer: the other end of the connection. */
  readonly peer: string | undefined;
  /** The values of all `X-Forwarded-For` lines, in the order in which they came. */
  readonly forwardedFor: readonly string[];
  /** The values of all `X-Real-IP` lines. */
  readonly realIp: readonly string[];
};

/** Hops. No chain of proxies is longer; it bounds the work on hostile headers. */
const HOPS_MOST = 32;

const LOOPBACK: readonly IpRange[] = [
  { base: [0, 0, 0xffff, 0x7f000000], prefixBits: 104 },
  { base: [0, 0, 0, 1], prefixBits: 128 },
];

/** Whether an address is the machine's own: 127.0.0.0/8 (also mapped) or ::1. */
export function isLoopback(address: IpAddress): boolean {
  return isInAny(LOOPBACK, address);
}

/** Whether an address lies in one of the ranges. */
export function isInAny(ranges: readonly IpRange[], address: IpAddress): boolean {
  return ranges.some((range) => isInRange(range, address));
}

/**
 * The address of the client behind a request (I6): the peer's own unless the peer is a configured proxy, else the first
 * address from the right of `X-Forwarded-For` that is no configured proxy. Null when nobody can tell: where a list is in
 * force that means no (I8). Loopback is a proxy only when it is configured.
 */
export function clientAddress(from: ForwardedFor, trustedProxies: readonly IpRange[]): IpAddress | null {
  const peer = peerAddress(from.peer);
  if (peer === null || !isInAny(trustedProxies, peer)) return peer;
  return believedAddress(from, trustedProxies) ?? (hasForwarded(from) ? null : peer);
}

/**
 * The client's address out of forwarding headers that are already known to come from a proxy. `X-Real-IP` and
 * `X-Forwarded-For` must name the same client: a proxy that sets one and passes on the other as the client sent it
 * would otherwise let the client choose its address. Null when they differ, are malformed, or are both absent.
 */
export function believedAddress(
  from: Pick<ForwardedFor, 'forwardedFor' | 'realIp'>,
  trustedProxies: readonly IpRange[],
): IpAddress | null {
  const { forwardedFor, realIp } = from;
  const client = forwardedFor.length === 0 ? null : clientOf(forwardedFor.join(','), trustedProxies);
  if (realIp.length === 0) return client;
  const real = realIp.length === 1 ? knownAddress((realIp[0] ?? '').trim()) : null;
  if (real === null || forwardedFor.length === 0) return real;
  // The proxy's own peer may be a further proxy: then only the chain knows the client.
  return client !== null && (isInAny(trustedProxies, real) || isSame(client, real)) ? client : null;
}

/** Reads the peer's address as sockets write it; a link-local one carries a zone, which is no part of the address. */
export function peerAddress(peer: string | undefined): IpAddress | null {
  if (peer === undefined) return null;
  const zone = peer.indexOf('%');
  return knownAddress(zone === -1 ? peer : peer.slice(0, zone));
}

function hasForwarded(from: ForwardedFor): boolean {
  return from.forwardedFor.length > 0 || from.realIp.length > 0;
}

/**
 * The first hop from the right that is no configured proxy; the leftmost when all are; null when a hop on the way is no
 * address. What stands further left was written by the client and is not looked at.
 */
function clientOf(chain: string, trustedProxies: readonly IpRange[]): IpAddress | null {
  let end = chain.length;
  for (let hops = 0; hops < HOPS_MOST; hops += 1) {
    const comma = chain.lastIndexOf(',', end - 1);
    const hop = parseHop(chain.slice(comma + 1, end).trim());
    if (hop === null || comma === -1 || !isInAny(trustedProxies, hop)) return hop;
    end = comma;
  }
  return null;
}

/** An address, perhaps with a port behind it (`203.0.113.7:4711`, `[2001:db8::1]:4711`) as some proxies write it. */
function parseHop(text: string): IpAddress | null {
  const address = knownAddress(text);
  if (address !== null) return address;
  const bracketed = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text);
  if (bracketed !== null) return knownAddress(bracketed[1] ?? '');
  const withPort = /^([\d.]+):\d{1,5}$/.exec(text);
  return withPort === null ? null : knownAddress(withPort[1] ?? '');
}

function isSame(a: IpAddress, b: IpAddress): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3];
}
