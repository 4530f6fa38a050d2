import type { IpRange } from '@claviger/core';
import { isInAny, isLoopback, peerAddress } from './client-address.ts';

/** Who is at the other end of a connection: this machine, a configured proxy, or anybody. */
export type PeerStanding = 'loopback' | 'trusted' | 'stranger';

/** Addresses. Proxies are few; strangers must not fill the memory. */
const KEPT_MOST = 1_024;

/** Tells peers apart, each address parsed once: sockets write them as text. */
export function createPeers(trustedProxies: readonly IpRange[]): (remoteAddress: string | undefined) => PeerStanding {
  const kept = new Map<string, PeerStanding>();
  return (remoteAddress) => {
    if (remoteAddress === undefined) return 'stranger';
    const known = kept.get(remoteAddress);
    if (known !== undefined) return known;
    const address = peerAddress(remoteAddress);
    const standing = address === null ? 'stranger' : standingOf(address, trustedProxies);
    if (kept.size >= KEPT_MOST) kept.clear();
    kept.set(remoteAddress, standing);
    return standing;
  };
}

function standingOf(address: Parameters<typeof isLoopback>[0], trustedProxies: readonly IpRange[]): PeerStanding {
  if (isLoopback(address)) return 'loopback';
  return isInAny(trustedProxies, address) ? 'trusted' : 'stranger';
}
