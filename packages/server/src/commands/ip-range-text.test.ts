import assert from 'node:assert/strict';
import { isInRange, parseIpAddress, parseIpRange } from '@claviger/core';
import fc from 'fast-check';
import { test } from 'vitest';
import { formatIpRange } from './ip-range-text.ts';

const ipv4 = fc.ipV4();
const ipv6 = fc.ipV6();

test('a canonical text reads back as the very same range, and is its own canonical text (I2)', () => {
  fc.assert(
    fc.property(fc.oneof(ipv4, ipv6), fc.nat(128), (address, bits) => {
      const range = rangeAround(address, bits);
      if (range === null) return;
      const text = formatIpRange(range);
      const again = parseIpRange(text);
      assert.ok(again !== null, text);
      assert.deepEqual(
        again.base.map((word) => word | 0),
        range.base.map((word) => word | 0),
      );
      assert.equal(again.prefixBits, range.prefixBits);
      assert.equal(formatIpRange(again), text);
      const inside = parseIpAddress(address);
      assert.ok(inside !== null && isInRange(again, inside));
    }),
    { seed: 1, numRuns: 2_000 },
  );
});

test('the canonical text of ranges is that of RFC 5952, IPv4-mapped as IPv4 (I2)', () => {
  const cases = [
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1/32', '192.0.2.1'],
    ['255.255.255.255', '255.255.255.255'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['::/0', '::/0'],
    ['::', '::'],
    ['::1/128', '::1'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['fe80:0:0:0:0:0:0:0/10', 'fe80::/10'],
    ['2001:db8::/32', '2001:db8::/32'],
  ] as const;
  for (const [text, canonical] of cases) {
    const range = parseIpRange(text);
    assert.ok(range !== null, text);
    assert.equal(formatIpRange(range), canonical);
  }
});

/** The range of `bits` bits around an address, or null when the address has no so long prefix. */
function rangeAround(address: string, bits: number) {
  const whole = parseIpRange(address);
  if (whole === null) return null;
  const prefixBits = Math.max(bits, address.includes(':') ? 0 : 96);
  const base = whole.base.map((word, index) => word & maskOf(prefixBits - index * 32));
  return { base: [base[0] ?? 0, base[1] ?? 0, base[2] ?? 0, base[3] ?? 0] as const, prefixBits };
}

function maskOf(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? -1 : -1 << (32 - bits);
}
