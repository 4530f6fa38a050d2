import { parseIpAddress, parseIpRange } from '@claviger/core';
import { expect, test } from 'vitest';
import { isPublicAddress, mayReach } from './address-classes.ts';

const NOT_PUBLIC = [
  ['unspecified', '0.0.0.0', '0.255.255.255', '::'],
  ['loopback', '127.0.0.1', '127.255.255.254', '::1'],
  ['private', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.0.1'],
  ['shared between providers and customers', '100.64.0.1', '100.127.255.255'],
  ['link-local', '169.254.0.1', '169.254.255.254', 'fe80::1', 'febf::1'],
  ['unique-local', 'fc00::1', 'fd00::1', 'fdff:ffff::1'],
  ['site-local', 'fec0::1'],
  ['multicast and above', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', 'ff02::1'],
  ['documentation and benchmarks', '192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '2001:db8::1', '3fff::1'],
  ['metadata of clouds', '169.254.169.254', '100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254'],
  ['IPv4-mapped', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe'],
  ['IPv4-compatible', '::127.0.0.1', '::10.0.0.1', '::8.8.8.8'],
  ['NAT64', '64:ff9b::127.0.0.1', '64:ff9b::8.8.8.8', '64:ff9b:1::a00:1'],
  ['6to4 and Teredo', '2002:7f00:1::', '2002:a00:1::1', '2001:0:7f00:1::1'],
  ['outside of what is given out', '100::1', '4000::1', '5f00::1', 'e000::1'],
] as const;

test.each(NOT_PUBLIC.map(([what, ...addresses]) => ({ what, addresses })))(
  'no request goes to an address that is $what (Q33)',
  ({ addresses }) => {
    const reached = addresses.filter((text) => mayReach(String(text), { allow: [], onlyNamed: false }));
    expect(reached).toEqual([]);
  },
);

test('the neighbours of each refused range are public, so no range is too wide (Q33)', () => {
  const neighbours = [
    ['1.0.0.0', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0'],
    ['169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.167.255.255', '192.169.0.0', '192.0.1.0'],
    ['198.17.255.255', '198.20.0.0', '203.0.112.255', '203.0.114.0', '223.255.255.255', '168.63.129.15', '8.8.8.8'],
    ['2000::', '2001:200::1', '2001:db7::1', '2001:db9::1', '2003::1', '2606:4700::1111', '3ffe::1', '::ffff:8.8.8.8'],
  ].flat();
  const refused = neighbours.filter((text) => !isPublic(text));
  expect(refused).toEqual([]);
});

function isPublic(text: string): boolean {
  const address = parseIpAddress(text);
  return address !== null && isPublicAddress(address);
}

test('what the operator names is reached, and nothing beside it (Q33)', () => {
  const allow = ['10.1.0.0/16', '::1'].map((text) => parseIpRange(text)).filter((range) => range !== null);
  const reached = (text: string): boolean => mayReach(text, { allow, onlyNamed: false });
  expect(['10.1.2.3', '::ffff:10.1.2.3', '::1', '8.8.8.8'].map(reached)).toEqual([true, true, true, true]);
  expect(['10.2.0.1', '127.0.0.1', '::2', '64:ff9b::a01:203'].map(reached)).toEqual([false, false, false, false]);
  const named = (text: string): boolean => mayReach(text, { allow, onlyNamed: true });
  expect(['10.1.2.3', '8.8.8.8'].map(named)).toEqual([true, false]);
});

test('what is no address to us is refused, whatever a resolver may mean by it (Q33)', () => {
  for (const text of ['', 'localhost', 'fe80::1%eth0', '127.1', '2130706433', '0x7f.0.0.1', '010.0.0.1']) {
    expect(mayReach(text, { allow: [], onlyNamed: false })).toBe(false);
  }
});
