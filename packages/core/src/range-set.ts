import { type IpAddress, type IpRange, isInRange, isIpv4 } from './ip-ranges.ts';

/**
 * Ranges in the order of their bases, each family for itself and none inside another: an address is found in two hundred of
 * them with eight comparisons, where a walk through them would take longer than all the rest of a decision.
 */
export type RangeSet = { readonly ipv4: readonly IpRange[]; readonly ipv6: readonly IpRange[] };

/** `::ffff:0:0/96`, under which IPv4 addresses lie. */
const IPV4_BITS = 96;

/** Sorts ranges into a set. CIDR ranges overlap only when one lies inside the other; the wider one stays. */
export function rangeSetOf(ranges: readonly IpRange[]): RangeSet {
  const isOfIpv4 = ({ base, prefixBits }: IpRange): boolean => prefixBits >= IPV4_BITS && isIpv4(base);
  return {
    ipv4: withoutInner(ranges.filter(isOfIpv4)),
    ipv6: withoutInner(ranges.filter((range) => !isOfIpv4(range))),
  };
}

/** Whether an address lies in one of the ranges; an address that nobody knows lies in none (I8). */
export function isInRangeSet(set: RangeSet, ip: IpAddress | null): boolean {
  if (ip === null) return false;
  const ranges = isIpv4(ip) ? set.ipv4 : set.ipv6;
  // The last range that does not begin after the address is the only one that can hold it.
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare((ranges[middle] as IpRange).base, ip) <= 0) low = middle + 1;
    else high = middle;
  }
  return low > 0 && isInRange(ranges[low - 1] as IpRange, ip);
}

function withoutInner(ranges: readonly IpRange[]): readonly IpRange[] {
  const sorted = ranges.toSorted((a, b) => compare(a.base, b.base) || a.prefixBits - b.prefixBits);
  const kept: IpRange[] = [];
  for (const range of sorted) {
    const last = kept.at(-1);
    const isInner = last !== undefined && last.prefixBits <= range.prefixBits && isInRange(last, range.base);
    if (!isInner) kept.push(range);
  }
  return kept;
}

function compare(a: IpAddress, b: IpAddress): number {
  for (let word = 0; word < 4; word += 1) {
    const of = (a[word] as number) >>> 0;
    const to = (b[word] as number) >>> 0;
    if (of !== to) return of < to ? -1 : 1;
  }
  return 0;
}
