import { isIP } from 'node:net';
import type { IpRange } from '@claviger/core';
import { mayReach } from './address-classes.ts';

/** Why a URL is not one that requests are sent to. */
export type UrlMistake = 'not-a-url' | 'not-https' | 'credentials' | 'fragment' | 'address';

/**
 * Looks at a URL without asking for its name: https, or plain http for what the operator names; no credentials, no fragment.
 * Odd forms of IPv4 (decimal, octal, hexadecimal, short) are read as what they mean: the parser writes them out in full.
 */
export function readOutboundUrl(
  text: string,
  allow: readonly IpRange[],
): { readonly url: URL } | { readonly mistake: UrlMistake } {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.hostname === '') return { mistake: 'not-a-url' };
  const isPlain = url.protocol === 'http:';
  if (!isPlain && url.protocol !== 'https:') return { mistake: 'not-https' };
  if (url.username !== '' || url.password !== '') return { mistake: 'credentials' };
  if (url.hash !== '' || text.includes('#')) return { mistake: 'fragment' };
  // What an unencrypted request says anybody on the way can read: it stays in the operator's own network.
  if (isPlain && allow.length === 0) return { mistake: 'not-https' };
  const address = addressOf(url);
  if (address === null || mayReach(address, { allow, onlyNamed: isPlain })) return { url };
  return { mistake: isPlain && mayReach(address, { allow, onlyNamed: false }) ? 'not-https' : 'address' };
}

/** The address that stands in a URL instead of a name, or null. */
export function addressOf(url: URL): string | null {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(host) === 0 ? null : host;
}
