import { type IpRange, parseIpAddress, parseIpRange } from '@claviger/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { believedAddress, clientAddress, isLoopback, peerAddress } from './client-address.ts';

const ranges = (...texts: readonly string[]): IpRange[] =>
  texts.map((text) => parseIpRange(text)).filter((range) => range !== null);
const TRUSTED = ranges('10.0.0.0/8', '2001:db8:ffff::/48');
const address = (text: string | null): unknown => (text === null ? null : parseIpAddress(text));

type Case = readonly [peer: string, forwardedFor: readonly string[], realIp: readonly string[], client: string | null];

test.each<Case>([
  // Not from a configured proxy: headers say nothing.
  ['203.0.113.7', [], [], '203.0.113.7'],
  ['203.0.113.7', ['198.51.100.1'], [], '203.0.113.7'],
  ['203.0.113.7', [], ['198.51.100.1'], '203.0.113.7'],
  ['127.0.0.1', ['198.51.100.1'], [], '127.0.0.1'],
  // From one: read right to left, past further proxies.
  ['10.0.0.1', [], [], '10.0.0.1'],
  ['10.0.0.1', ['198.51.100.1'], [], '198.51.100.1'],
  ['10.0.0.1', ['192.0.2.66, 198.51.100.1'], [], '198.51.100.1'],
  ['10.0.0.1', ['192.0.2.66, 198.51.100.1, 10.2.0.1'], [], '198.51.100.1'],
  ['10.0.0.1', ['192.0.2.66', '198.51.100.1,10.2.0.1'], [], '198.51.100.1'],
  ['10.0.0.1', ['10.3.0.1, 10.2.0.1'], [], '10.3.0.1'],
  ['::ffff:10.0.0.1', ['198.51.100.1'], [], '198.51.100.1'],
  ['2001:db8:ffff::1', ['2001:db8::7'], [], '2001:db8::7'],
  ['10.0.0.1', ['198.51.100.1:4711'], [], '198.51.100.1'],
  ['10.0.0.1', ['[2001:db8::7]:4711'], [], '2001:db8::7'],
  // What the client wrote on the left is not even looked at; what is broken on the way names nobody.
  ['10.0.0.1', ['unknown, 198.51.100.1'], [], '198.51.100.1'],
  ['10.0.0.1', ['198.51.100.1, unknown'], [], null],
  ['10.0.0.1', ['198.51.100.1, unknown, 10.2.0.1'], [], null],
  ['10.0.0.1', ['198.51.100.01'], [], null],
  ['10.0.0.1', [''], [], null],
  ['10.0.0.1', [','], [], null],
  ['10.0.0.1', [Array.from({ length: 40 }, () => '10.2.0.1').join(',')], [], null],
  // X-Real-IP
  ['10.0.0.1', [], ['198.51.100.1'], '198.51.100.1'],
  ['10.0.0.1', [], ['198.51.100.1', '198.51.100.1'], null],
  ['10.0.0.1', [], ['nonsense'], null],
  ['10.0.0.1', ['192.0.2.66, 198.51.100.1'], ['198.51.100.1'], '198.51.100.1'],
  ['10.0.0.1', ['198.51.100.1, 10.2.0.1'], ['10.2.0.1'], '198.51.100.1'],
  ['10.0.0.1', ['198.51.100.1'], ['10.2.0.1'], '198.51.100.1'],
  // One of the two is the client's own doing, and nobody knows which.
  ['10.0.0.1', ['192.0.2.66'], ['198.51.100.1'], null],
  ['10.0.0.1', ['192.0.2.66, unknown'], ['198.51.100.1'], null],
])('peer %s, X-Forwarded-For %j and X-Real-IP %j are the client %s (I6)', (peer, forwardedFor, realIp, client) => {
  expect(clientAddress({ peer, forwardedFor, realIp }, TRUSTED)).toEqual(address(client));
});

test('a peer without an address is nobody (I6, I8)', () => {
  expect(clientAddress({ peer: undefined, forwardedFor: ['198.51.100.1'], realIp: [] }, TRUSTED)).toBeNull();
});

test('loopback is a proxy for forwarded addresses only when it is configured (I6)', () => {
  const from = { forwardedFor: ['192.0.2.66, 127.0.0.1'], realIp: ['127.0.0.1'] };
  expect(believedAddress(from, [])).toEqual(address('127.0.0.1'));
  expect(believedAddress(from, ranges('127.0.0.1'))).toEqual(address('192.0.2.66'));
});

test('whatever stands left of an unconfigured hop changes nothing (I6)', () => {
  fc.assert(
    fc.property(fc.string(), (spoofed) => {
      const from = { peer: '10.0.0.1', forwardedFor: [spoofed, '198.51.100.1, 10.9.9.9'], realIp: [] };
      expect(clientAddress(from, TRUSTED)).toEqual(address('198.51.100.1'));
    }),
    { seed: 20_240_504 },
  );
});

test.each([
  ['127.0.0.1', true],
  ['127.255.255.255', true],
  ['::ffff:127.0.0.1', true],
  ['::1', true],
  ['128.0.0.0', false],
  ['126.255.255.255', false],
  ['::2', false],
  ['10.0.0.1', false],
])('%s is loopback: %s (D10)', (text, expected) => {
  const parsed = parseIpAddress(text);
  expect(parsed !== null && isLoopback(parsed)).toBe(expected);
});

test('a zone is no part of a peer address', () => {
  expect(peerAddress('fe80::1%eth0')).toEqual(address('fe80::1'));
});
