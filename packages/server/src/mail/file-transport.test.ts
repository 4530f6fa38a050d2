import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newMailId } from '@claviger/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { seededBytes } from '../commands/testing/installation.ts';
import { fileTransport } from './file-transport.ts';

let parent = '';
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'claviger-outbox-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

const MAIL = {
  id: newMailId(seededBytes('file transport')),
  from: 'claviger@keys.example',
  recipient: 'ann@example.com',
  bytes: Buffer.from('Subject: canary-subject\r\n\r\ncanary-body\r\n'),
};

test('a mail is a file that only its owner may read; the log names recipient and file only', async () => {
  const logged: unknown[] = [];
  const folder = join(parent, 'outbox');
  const line = fileTransport(folder, { info: (...parts: readonly unknown[]) => void logged.push(parts) }).open();
  expect(await line.deliver(MAIL)).toMatchObject({ kind: 'accepted' });
  expect(await line.deliver(MAIL)).toMatchObject({ kind: 'accepted' });
  const file = join(folder, `${MAIL.id}.eml`);
  expect(readdirSync(folder)).toEqual([`${MAIL.id}.eml`]);
  expect(readFileSync(file)).toEqual(MAIL.bytes);
  expect([statSync(file).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700]);
  expect(logged[0]).toEqual([{ recipient: 'ann@example.com', file }, 'a mail was written to a file']);
  expect(JSON.stringify(logged)).not.toContain('canary');
});

test('a folder that cannot be written is like a mail server that is away: mails wait for it', async () => {
  writeFileSync(join(parent, 'outbox'), 'a file is in the way');
  const line = fileTransport(join(parent, 'outbox'), { info: () => undefined }).open();
  expect(await line.deliver(MAIL)).toMatchObject({ kind: 'unreachable' });
});
