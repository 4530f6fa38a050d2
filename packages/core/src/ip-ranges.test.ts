import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isInRange, parseIpAddress, parseIpRange } from './ip-ranges.ts';

const range = (text: string) => {
  const parsed = parseIpRange(text);
  if (parsed === null) throw new Error(`no range: ${text}`);
  return parsed;
};
const isIn = (rangeText: string, addressText: string): boolean => {
  const address = parseIpAddress(addressText);
  if (address === null) throw new Error(`no address: ${addressText}`);
  return isInRange(range(rangeText), address);
};

const word = fc.integer({ min: 0, max: 0xffff });
const byte = fc.integer({ min: 0, max: 255 });
/** Groups from few values, so that runs of zeros and shared starts are common. */
const ipv6Groups = fc.array(fc.oneof(fc.constantFrom(0, 0, 0x2001, 0xdb8, 0xffff), word), {
  minLength: 8,
  maxLength: 8,
});
const ipv4 = fc.tuple(fc.constantFrom(10, 203), fc.constantFrom(0, 255), byte, byte);
const dotted = ipv4.map((bytes) => bytes.join('.'));
const hexGroups = ipv6Groups.map((groups) => groups.map((group) => group.toString(16)).join(':'));

describe('addresses', () => {
  test.each([
    '0.0.0.0',
    '255.255.255.255',
    '10.0.0.1',
    '::',
    '::1',
    '1::',
    '2001:db8::1',
    '2001:DB8::00a1',
    '1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7::',
    '::2:3:4:5:6:7:8',
    '::ffff:1.2.3.4',
    '64:ff9b::1.2.3.4',
    '1:2:3:4:5:6:1.2.3.4',
  ])('%s is an address (I2)', (text) => {
    expect(parseIpAddress(text)).not.toBeNull();
    expect(parseIpRange(text)).not.toBeNull();
    expect(isIP(text)).not.toBe(0);
  });

  test.each([
    '',
    ' ',
    '10.0.0',
    '10.1',
    '167772161',
    '0x0a000001',
    '010.0.0.1',
    '10.00.0.1',
    '10.0.0.01',
    '10.0.0.256',
    '10.0.0.1.1',
    '10.0.0.',
    '.10.0.0.1',
    '10..0.1',
    '+1.2.3.4',
    '-1.2.3.4',
    '1e1.0.0.1',
    '10.0.0.1 ',
    ' 10.0.0.1',
    '10.0.0.1\n',
    '10.0.0.1:80',
    '１０.0.0.1',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    ':1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:',
    '12345::',
    'g::',
    'fe80::1%eth0',
    'fe80::1%25eth0',
    '[::1]',
    '::1.2.3',
    '::1.2.3.04',
    '1.2.3.4::',
    '::1.2.3.4:5',
    '1:2:3:4:5:6:7:1.2.3.4',
    'localhost',
    'null',
  ])('%j is none (I2)', (text) => {
    expect(parseIpAddress(text)).toBeNull();
    expect(parseIpRange(text)).toBeNull();
  });

  test('it accepts what Node takes for an address, and nothing else, but for zones (I2)', () => {
    const piece = fc.constantFrom('0', '1', '01', '255', '256', 'ffff', 'g', '.', ':', '::', '1.2.3.4', '%', '/');
    const text = fc.oneof(
      fc.array(piece, { maxLength: 15 }).map((parts) => parts.join('')),
      dotted,
      hexGroups,
    );
    fc.assert(
      fc.property(text, (of) => {
        fc.pre(!of.includes('%'));
        expect(parseIpAddress(of) !== null, of).toBe(isIP(of) !== 0);
      }),
      { numRuns: 5_000 },
    );
  });

  test('nothing makes it throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'0f1:./%'.split('')) })),
        (text) => {
          parseIpAddress(text);
          parseIpRange(text);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('an IPv4-mapped address is the IPv4 address, in either spelling (I2)', () => {
    fc.assert(
      fc.property(ipv4, (bytes) => {
        const [a, b, c, d] = bytes;
        const hex = `::ffff:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
        const address = parseIpAddress(bytes.join('.'));
        expect(parseIpAddress(`::ffff:${bytes.join('.')}`)).toEqual(address);
        expect(parseIpAddress(`::FFFF:${bytes.join('.')}`)).toEqual(address);
        expect(parseIpAddress(hex)).toEqual(address);
      }),
    );
  });

  test('an IPv4-compatible address is not the IPv4 address (I2)', () => {
    expect(parseIpAddress('::1.2.3.4')).not.toEqual(parseIpAddress('1.2.3.4'));
  });
});

describe('ranges', () => {
  test.each([
    '10.0.0.1/8',
    '10.0.0.1/31',
    '203.0.113.128/24',
    '0.0.0.1/0',
    '2001:db8::1/32',
    '2001:db8::1/127',
    '::1/0',
    '::ffff:10.0.0.1/104',
    '::ffff:10.0.0.0/8',
  ])('%s has host bits set and is refused (I2)', (text) => expect(parseIpRange(text)).toBeNull());

  test.each([
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/+8',
    '10.0.0.0/8.0',
    '10.0.0.0/8/8',
    '10.0.0.0/255.0.0.0',
    '10.0.0.0 /8',
    '10.0.0.0/ 8',
    '10/8',
    '010.0.0.0/8',
    '/8',
    '::/129',
    '::/00',
    'fe80::%eth0/64',
  ])('%j is no range (I2)', (text) => expect(parseIpRange(text)).toBeNull());

  test.each([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.0.0.0/8', '9.255.255.255', false],
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['10.0.0.0/31', '10.0.0.1', true],
    ['10.0.0.0/31', '10.0.0.2', false],
    ['128.0.0.0/1', '255.255.255.255', true],
    ['128.0.0.0/1', '127.255.255.255', false],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['0.0.0.0/0', '::1', false],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '2001:db8::1', true],
    ['::/0', '10.0.0.1', false],
    ['::/0', '::ffff:10.0.0.1', false],
    ['::/1', '10.0.0.1', false],
    ['::ffff:0:0/96', '10.0.0.1', true],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['2001:db8::/32', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', true],
    ['2001:db8::/32', '2001:db9::', false],
    ['2001:db8::/33', '2001:db8:8000::', false],
    ['2001:db8::1', '2001:db8::1', true],
    ['2001:db8::1', '2001:db8::2', false],
  ])('%s and %s: %j (I2)', (of, address, isInside) => expect(isIn(of, address)).toBe(isInside));

  /** Zeroes all but the first bits of groups or bytes, so that a range without host bits comes out. */
  const cut = (parts: readonly number[], partBits: number, bits: number): number[] =>
    parts.map((part, index) => {
      const kept = Math.min(Math.max(bits - index * partBits, 0), partBits);
      const unit = 2 ** (partBits - kept);
      return part - (part % unit);
    });

  test('it answers as the BlockList of Node does, IPv4 (I2)', () => {
    fc.assert(
      fc.property(ipv4, fc.integer({ min: 0, max: 32 }), dotted, (bytes, bits, address) => {
        const base = cut(bytes, 8, bits).join('.');
        const list = new BlockList();
        list.addSubnet(base, bits, 'ipv4');
        expect(isIn(`${base}/${bits}`, address)).toBe(list.check(address, 'ipv4'));
        expect(isIn(`${base}/${bits}`, `::ffff:${address}`)).toBe(list.check(address, 'ipv4'));
      }),
      { numRuns: 1_000 },
    );
  });

  test('it answers as the BlockList of Node does, IPv6 (I2)', () => {
    const isMapped = (groups: readonly number[]) => groups.slice(0, 5).every((g) => g === 0) && groups[5] === 0xffff;
    fc.assert(
      fc.property(
        ipv6Groups,
        fc.integer({ min: 0, max: 128 }),
        ipv6Groups,
        fc.nat(8),
        (groups, bits, other, shared) => {
          const base = cut(groups, 16, bits)
            .map((group) => group.toString(16))
            .join(':');
          const mixed = [...groups.slice(0, shared), ...other.slice(shared)];
          fc.pre(!isMapped(mixed));
          const address = mixed.map((group) => group.toString(16)).join(':');
          const list = new BlockList();
          list.addSubnet(base, bits, 'ipv6');
          expect(isIn(`${base}/${bits}`, address)).toBe(list.check(address, 'ipv6'));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('every address is in the range of itself', () => {
    fc.assert(
      fc.property(fc.oneof(dotted, hexGroups), (text) => {
        expect(isIn(text, text)).toBe(true);
      }),
    );
  });
});
