import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { AnswerOf } from '@claviger/contract';
import { simpleParser } from 'mailparser';
import { afterEach, expect, test } from 'vitest';
import { createApi, setUp } from './support/api-client.ts';
import { type Claviger, startClaviger } from './support/claviger-process.ts';
import { freePort } from './support/free-ports.ts';
import { type Mailbox, openMailbox } from './support/mailbox.ts';
import { until } from './support/until.ts';

let claviger: Claviger | null = null;
let mailbox: Mailbox | null = null;
afterEach(async () => {
  await claviger?.delete();
  await mailbox?.close();
  [claviger, mailbox] = [null, null];
});

const GUEST = { email: 'guest@elsewhere.example', name: 'Guest' };
const PUBLIC_URL = 'https://keys.system.example';

function settings(port: number): Readonly<Record<string, string>> {
  return { SMTP_URL: `smtp://127.0.0.1:${port}`, CLAVIGER_PUBLIC_URL: PUBLIC_URL };
}

const tokenIn = (text: string | undefined): string => /\/invitation#([\w-]{43})\s/.exec(text ?? '')?.[1] ?? '';

test('an invitation arrives by mail, its link makes a user, and no log has the link (U2)', async () => {
  mailbox = await openMailbox();
  claviger = await startClaviger({ settings: { ...settings(mailbox.port), CLAVIGER_MAIL_FROM: 'Keys <k@a.example>' } });
  const owner = await setUp(claviger.control);
  await owner.api.must('POST', '/v1/invitations', { body: GUEST });
  const { mails } = mailbox;
  await until('the mail arrives', () => mails.length > 0);
  expect(mails[0]?.from?.text).toBe('"Keys" <k@a.example>');
  expect(mails[0]?.to).toMatchObject({ text: GUEST.email });
  expect(mails[0]?.messageId).toMatch(/^<mail_\w{20}@keys\.system\.example>$/);
  expect(mails[0]?.text).toContain(`${PUBLIC_URL}/invitation#`);
  const token = tokenIn(mails[0]?.text);
  expect(claviger.log()).not.toContain(token);
  const nobody = createApi(claviger.control, {});
  const body = { token, password: 'correct horse battery' };
  expect((await nobody.call('POST', '/v1/invitations/accept', { body })).status).toBe(201);
  const list = await owner.api.must<AnswerOf<'list_undelivered_mails'>>('GET', '/v1/undelivered-mails');
  expect(list.data).toEqual([]);
});

test('a mail outlives a mail server that is away and a server that is killed, and arrives once (R4, Q10)', async () => {
  const port = await freePort();
  claviger = await startClaviger({ settings: settings(port) });
  const owner = await setUp(claviger.control);
  await owner.api.must('POST', '/v1/invitations', { body: GUEST });
  const undelivered = () => owner.api.must<AnswerOf<'list_undelivered_mails'>>('GET', '/v1/undelivered-mails');
  await until('the attempt failed', async () => (await undelivered()).data.length > 0);
  expect((await undelivered()).data).toMatchObject([
    { recipient: GUEST.email, template: 'invitation', failed_at: null, last_answer: expect.stringMatching(/REFUSED/) },
  ]);
  await claviger.kill();
  mailbox = await openMailbox(port);
  await claviger.restart();
  const { mails } = mailbox;
  await until('the mail arrives', () => mails.length > 0);
  await until('it is settled', async () => (await undelivered()).data.length === 0);
  expect(mails).toHaveLength(1);
});

test('without a mail server a mail is a file of its owner in the data folder, and the log names the file only', async () => {
  claviger = await startClaviger();
  const owner = await setUp(claviger.control);
  await owner.api.must('POST', '/v1/invitations', { body: GUEST });
  const folder = join(claviger.dataDir, 'outbox');
  const running = claviger;
  const log = (): string => running.log();
  await until('the file is there', () => log().includes('.eml'));
  const files = readdirSync(folder);
  expect(files).toEqual([expect.stringMatching(/^mail_\w{20}\.eml$/)]);
  const file = join(folder, files[0] ?? '');
  expect([statSync(file).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700]);
  const { text } = await simpleParser(readFileSync(file));
  expect(tokenIn(text)).not.toBe('');
  expect(log()).toContain(GUEST.email);
  expect(log()).not.toContain(tokenIn(text));
});
