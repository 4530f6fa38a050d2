import { newMailId, Secret } from '@claviger/core';
import { afterEach, expect, test } from 'vitest';
import { seededBytes } from '../commands/testing/installation.ts';
import { type MailServer, startMailServer } from './testing/mail-server.ts';
import { handClock, smtpTo } from './testing/post-office.ts';
import type { ComposedMail, MailLine } from './transport.ts';

const CREDENTIALS = { user: 'claviger', password: 'canary-password' };
const random = seededBytes('smtp transport');

let closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  closing = [];
});

async function open(
  credentials: typeof CREDENTIALS | null = null,
  rest: Parameters<typeof smtpTo>[2] & { readonly hasTls?: boolean } = {},
): Promise<{ readonly server: MailServer; readonly line: MailLine }> {
  const { hasTls = false, ...server } = rest;
  const mailServer = await startMailServer(credentials, hasTls);
  const withPassword =
    credentials === null ? null : { user: credentials.user, password: new Secret(credentials.password) };
  const line = smtpTo(mailServer.port, handClock(), { credentials: withPassword, ...server }).open();
  closing.push(
    () => mailServer.close(),
    () => line.close(),
  );
  return { server: mailServer, line };
}

function mail(text = 'Hello'): ComposedMail {
  const bytes = Buffer.from(`Subject: x\r\n\r\n${text}\r\n`);
  return { id: newMailId(random), from: 'claviger@keys.example', recipient: 'ann@example.com', bytes };
}

test('one connection serves one mail after the other', async () => {
  const { server, line } = await open();
  for (const text of ['one', 'two', 'three']) {
    expect(await line.deliver(mail(text))).toMatchObject({ kind: 'accepted', answer: expect.stringContaining('250') });
  }
  expect(server.received.map(({ text }) => text.split('\r\n\r\n')[1]?.trim())).toEqual(['one', 'two', 'three']);
  expect(server.connections.count).toBe(1);
});

test('a line of a single dot in a mail ends nothing', async () => {
  const { server, line } = await open();
  expect(await line.deliver(mail('before\r\n.\r\nafter'))).toMatchObject({ kind: 'accepted' });
  expect(server.received[0]?.text).toContain('before\r\n.\r\nafter');
});

test('a server that has hung up between two mails gets the second one on a new connection', async () => {
  const { server, line } = await open();
  await line.deliver(mail());
  server.hangUp();
  expect(await line.deliver(mail())).toMatchObject({ kind: 'accepted' });
  expect(server.connections.count).toBe(2);
});

test('after a refusal the same connection serves the next mail', async () => {
  const { server, line } = await open();
  server.fault = 'refuses the recipient';
  expect(await line.deliver(mail())).toMatchObject({ kind: 'refused', isPermanent: true });
  server.fault = 'defers the content';
  expect(await line.deliver(mail())).toMatchObject({ kind: 'refused', isPermanent: false });
  server.fault = null;
  expect(await line.deliver(mail())).toMatchObject({ kind: 'accepted' });
  expect(server.connections.count).toBe(1);
});

test('a password never travels in clear: without TLS nothing is sent, and no answer has it', async () => {
  const { server, line } = await open(CREDENTIALS);
  const delivery = await line.deliver(mail());
  expect(delivery.kind).toBe('unreachable');
  expect(server.signIns).toBe(0);
  expect(server.received).toEqual([]);
  expect(JSON.stringify(delivery)).not.toContain('canary');
});

test('a certificate that nobody vouches for is refused, with and without a password, before anything is said', async () => {
  for (const credentials of [CREDENTIALS, null]) {
    const { server, line } = await open(credentials, { hasTls: true });
    const delivery = await line.deliver(mail());
    expect(delivery).toMatchObject({ kind: 'unreachable', answer: expect.stringMatching(/certificate|self.signed/i) });
    expect([server.signIns, server.received]).toEqual([0, []]);
  }
});

test('a line that is cut tells that the mail is lost, at once', async () => {
  const { server, line } = await open();
  server.fault = 'hangs after DATA';
  const delivery = line.deliver(mail());
  while (server.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
  line.cut();
  expect((await delivery).kind).toBe('lost');
});
