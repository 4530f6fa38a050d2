import { type IpAddress, type IpRange, isInRange, parseIpAddress, parseIpRange } from '@claviger/core';

/** IPv4 addresses that are not the public Internet (the registry of special-purpose addresses), and what clouds put elsewhere. */
const NOT_PUBLIC_IPV4 = ranges(
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10', // between providers and their customers; one cloud keeps its metadata there
  '127.0.0.0/8',
  '169.254.0.0/16', // link-local: most clouds keep their metadata there
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '168.63.129.16/32', // public by its number, and the metadata of a cloud all the same
);

/**
 * IPv6 is public in one block only. Everything outside of it is refused by that alone: loopback, link-local, unique-local,
 * multicast, NAT64 (`64:ff9b::`) and the forms that hold an IPv4 address.
 */
const PUBLIC_IPV6 = ranges('2000::/3');
/** Within that block: protocols' own (Teredo too), documentation, 6to4, which leads to any IPv4 address. */
const NOT_PUBLIC_IPV6 = ranges('2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20');

/** Whether an address belongs to the public Internet. An IPv4-mapped IPv6 address is the IPv4 address. */
export function isPublicAddress(address: IpAddress): boolean {
  if (isInSome(IPV4, address)) return !isInSome(NOT_PUBLIC_IPV4, address);
  return isInSome(PUBLIC_IPV6, address) && !isInSome(NOT_PUBLIC_IPV6, address);
}

/** Which addresses a request may go to: the public ones and those that the operator names; or only the named ones. */
export type ReachRule = { readonly allow: readonly IpRange[]; readonly onlyNamed: boolean };

/** Whether a request may go to an address, written as the system's resolver writes it. What cannot be read is refused. */
export function mayReach(text: string, { allow, onlyNamed }: ReachRule): boolean {
  const address = parseIpAddress(text);
  if (address === null) return false;
  return isInSome(allow, address) || (!onlyNamed && isPublicAddress(address));
}

const IPV4 = ranges('0.0.0.0/0');

function isInSome(list: readonly IpRange[], address: IpAddress): boolean {
  return list.some((range) => isInRange(range, address));
}

function ranges(...texts: readonly string[]): readonly IpRange[] {
  return texts.map((text) => {
    const range = parseIpRange(text);
    if (range === null) throw new Error(`${text} is no range`);
    return range;
  });
}
