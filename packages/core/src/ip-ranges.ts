/** An address as 128 bits in four words; an IPv4 address is its IPv4-mapped form, so both families compare alike (I2). */
export type IpAddress = readonly [number, number, number, number];

/** A range of addresses: those whose first `prefixBits` (of 128) equal the base's. */
export type IpRange = { readonly base: IpAddress; readonly prefixBits: number };

const MAPPED_WORD = 0xffff;
const MAPPED_BITS = 96;

/** Reads an IPv4 or IPv6 address, or null. IPv4 with leading zeros or in a short form, and zones, are none (I2). */
export function parseIpAddress(text: string): IpAddress | null {
  return text.includes(':') ? parseIpv6(text) : mapped(parseIpv4(text));
}

/** Reads an address or a CIDR range, or null. Host bits that are set are a mistake and refused, not cut off (I2). */
export function parseIpRange(text: string): IpRange | null {
  const slash = text.indexOf('/');
  const base = parseIpAddress(slash === -1 ? text : text.slice(0, slash));
  if (base === null) return null;
  const isIpv4Text = !text.includes(':');
  const longest = isIpv4Text ? 32 : 128;
  const bits = slash === -1 ? longest : parseDecimal(text.slice(slash + 1), longest);
  if (bits === null) return null;
  const range = { base, prefixBits: isIpv4Text ? bits + MAPPED_BITS : bits };
  return hasHostBits(range) ? null : range;
}

/** Whether an address lies in a range. A range of IPv6 addresses never covers IPv4 clients: `::/0` is all of IPv6 (I2). */
export function isInRange(range: IpRange, address: IpAddress): boolean {
  if (range.prefixBits < MAPPED_BITS && isIpv4(address)) return false;
  for (let word = 0; word < 4; word += 1) {
    const mask = maskOf(range.prefixBits - word * 32);
    if ((((range.base[word] as number) ^ (address[word] as number)) & mask) !== 0) return false;
  }
  return true;
}

/** Whether an address is one of IPv4, written in whichever family (I2). */
export function isIpv4(address: IpAddress): boolean {
  return address[0] === 0 && address[1] === 0 && address[2] === MAPPED_WORD;
}

/** The bits of a 32-bit word that count, when `bits` of it do. */
function maskOf(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? -1 : -1 << (32 - bits);
}

function hasHostBits(range: IpRange): boolean {
  return range.base.some((word, index) => (word & ~maskOf(range.prefixBits - index * 32)) !== 0);
}

/** A decimal without sign or leading zero, from 0 to `largest`, or null. */
function parseDecimal(text: string, largest: number): number | null {
  if (!/^(0|[1-9]\d{0,2})$/.test(text)) return null;
  const value = Number(text);
  return value <= largest ? value : null;
}

function parseIpv4(text: string): number | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let value = 0;
  for (const part of parts) {
    const byte = parseDecimal(part, 255);
    if (byte === null) return null;
    value = value * 256 + byte;
  }
  return value;
}

function mapped(ipv4: number | null): IpAddress | null {
  return ipv4 === null ? null : [0, 0, MAPPED_WORD, ipv4 | 0];
}

function parseIpv6(text: string): IpAddress | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = groupsOf(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const groups = [...head, ...Array<number>(missing).fill(0), ...tail];
  const word = (index: number): number => ((groups[index * 2] as number) << 16) | (groups[index * 2 + 1] as number);
  return [word(0), word(1), word(2), word(3)];
}

/** The 16-bit groups of one side of `::`; only the very end of an address may be written as dotted IPv4. */
function groupsOf(side: string, mayEndInIpv4: boolean): number[] | null {
  if (side === '') return [];
  const groups: number[] = [];
  const parts = side.split(':');
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const ipv4 = mayEndInIpv4 && index === parts.length - 1 ? parseIpv4(part) : null;
      if (ipv4 === null) return null;
      groups.push(Math.floor(ipv4 / 65_536), ipv4 % 65_536);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return null;
      groups.push(Number.parseInt(part, 16));
    }
  }
  return groups;
}
