import type { IpAddress, IpRange } from '@claviger/core';

const IPV4_MAPPED_BITS = 96;
const IPV4_MAPPED_WORD = 0xffff;

/** Writes a range in its one canonical form, so that equal ranges have equal texts: RFC 5952, IPv4-mapped as IPv4 (I2). */
export function formatIpRange(range: IpRange): string {
  const { base, prefixBits } = range;
  if (isIpv4(range)) return withLength(formatIpv4(base[3]), prefixBits - IPV4_MAPPED_BITS, 32);
  return withLength(formatIpv6(base), prefixBits, 128);
}

function isIpv4({ base, prefixBits }: IpRange): boolean {
  return prefixBits >= IPV4_MAPPED_BITS && base[0] === 0 && base[1] === 0 && base[2] === IPV4_MAPPED_WORD;
}

function withLength(address: string, bits: number, longest: number): string {
  return bits === longest ? address : `${address}/${bits}`;
}

function formatIpv4(word: number): string {
  return [word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff].join('.');
}

function formatIpv6(address: IpAddress): string {
  const groups = address.flatMap((word) => [word >>> 16, word & 0xffff]);
  const zeros = longestZeroRun(groups);
  const written = groups.map((group) => group.toString(16));
  if (zeros.length < 2) return written.join(':');
  return `${written.slice(0, zeros.start).join(':')}::${written.slice(zeros.start + zeros.length).join(':')}`;
}

/** The longest run of zero groups, the first of several (RFC 5952, 4.2.3). */
function longestZeroRun(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}
