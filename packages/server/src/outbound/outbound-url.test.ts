import { parseIpRange } from '@claviger/core';
import { expect, test } from 'vitest';
import { readOutboundUrl } from './outbound-url.ts';

const LOOPBACK = [parseIpRange('127.0.0.0/8')].filter((range) => range !== null);

function mistakeOf(text: string, allow = LOOPBACK.slice(1)) {
  const read = readOutboundUrl(text, allow);
  return 'url' in read ? read.url.href : read.mistake;
}

test.each([
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0x7f.0.0.1/',
  'https://0177.0.0.1/',
  'https://017700000001/',
  'https://127.0.0.1./',
  'https://１２７.0.0.1/',
  'https://0/',
  'https://[::1]/',
  'https://[0:0:0:0:0:0:0:1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[::127.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://169.254.169.254/latest/meta-data',
  'https://[fd00:ec2::254]/',
  'https://10.0.0.1:8443/x?y=1',
])('%s names an address that is not public, in whatever form (Q33)', (url) => {
  expect(mistakeOf(url)).toBe('address');
});

test.each([
  ['ftp://hooks.example/', 'not-https'],
  ['file:///etc/passwd', 'not-a-url'],
  ['gopher://hooks.example/', 'not-https'],
  ['http://hooks.example/', 'not-https'],
  ['http://127.0.0.1/', 'not-https'],
  ['https://ann@hooks.example/', 'credentials'],
  ['https://:pass@hooks.example/', 'credentials'],
  ['https://hooks.example/#part', 'fragment'],
  ['https://hooks.example/#', 'fragment'],
  ['https://', 'not-a-url'],
  ['https://[::1%25eth0]/', 'not-a-url'],
  ['https://exa mple/', 'not-a-url'],
  ['hooks.example', 'not-a-url'],
  ['', 'not-a-url'],
])('%s is refused: %s (Q33)', (url, mistake) => {
  expect(mistakeOf(url)).toBe(mistake);
});

test('a public https URL comes back in its one form', () => {
  expect(mistakeOf('HTTPS://Hooks.Example:443/a?b=c')).toBe('https://hooks.example/a?b=c');
  expect(mistakeOf('https://8.8.8.8/')).toBe('https://8.8.8.8/');
});

test('plain http is for what the operator names (Q33)', () => {
  expect(mistakeOf('http://127.0.0.1:8080/hooks', LOOPBACK)).toBe('http://127.0.0.1:8080/hooks');
  expect(mistakeOf('http://2130706433/', LOOPBACK)).toBe('http://127.0.0.1/');
  expect(mistakeOf('http://8.8.8.8/', LOOPBACK)).toBe('not-https');
  expect(mistakeOf('http://10.0.0.1/', LOOPBACK)).toBe('address');
  // Where a name leads is seen when it is resolved, at each request.
  expect(mistakeOf('http://receiver/', LOOPBACK)).toBe('http://receiver/');
});
