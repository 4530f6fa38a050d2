import { Secret } from '@claviger/core';
import { expect, test } from 'vitest';
import { mailHostOf, parseMailAddress, parseSmtpUrl } from './mail-settings.ts';

const serverOf = (text: string) => parseSmtpUrl(new Secret(text));

test.each([
  ['smtp://mail.example', { host: 'mail.example', port: 587, isTls: false, credentials: null }],
  ['smtps://mail.example', { host: 'mail.example', port: 465, isTls: true, credentials: null }],
  ['smtp://[::1]:2525/', { host: '::1', port: 2525, isTls: false, credentials: null }],
])('%s is a mail server', (text, server) => {
  expect(serverOf(text)).toEqual(server);
});

test('user and password may hold anything, percent-encoded', () => {
  const credentials = serverOf('smtps://me%40example.com:p%40ss%2Fword@mail.example')?.credentials;
  expect(credentials?.user).toBe('me@example.com');
  expect(credentials?.password.reveal()).toBe('p@ss/word');
});

test.each([
  'mail.example',
  'http://mail.example',
  'smtp://',
  'smtp://mail.example/path',
  'smtp://mail.example?secure=false',
  'smtp://me@mail.example',
  'smtp://:secret@mail.example',
  'smtp://me:%zz@mail.example',
  'smtp://mail.example:99999',
  'smtp://mail example',
])('%s is no mail server', (text) => {
  expect(serverOf(text)).toBeNull();
});

test.each([
  ['keys@example.com', { name: 'Claviger', address: 'keys@example.com' }],
  ['Northwind Keys <keys@example.com>', { name: 'Northwind Keys', address: 'keys@example.com' }],
  ['Schlüssel, Team <keys@example.com>', { name: 'Schlüssel, Team', address: 'keys@example.com' }],
])('%s is somebody to send from', (text, address) => {
  expect(parseMailAddress(text)).toEqual(address);
});

test.each([
  '',
  'Claviger',
  '<>',
  'a@b@c',
  'keys@',
  '@example.com',
  'A <keys@example.com',
  'A\r\nBcc: x <keys@a.example>',
])('%j is nobody to send from', (text) => {
  expect(parseMailAddress(text)).toBeNull();
});

test.each([
  ['https://keys.example', 'keys.example'],
  ['http://127.0.0.1:4400', 'localhost'],
  ['http://[::1]:4400', 'localhost'],
])('mails know %s as %s', (origin, host) => {
  expect(mailHostOf(origin)).toBe(host);
});
