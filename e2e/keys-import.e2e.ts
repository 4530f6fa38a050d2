import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyObject } from '@claviger/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Owner, secretOf, setUp } from './support/api-client.ts';
import { type Claviger, runClaviger, startClaviger } from './support/claviger-process.ts';
import { verifyOnce } from './support/verify-client.ts';

let claviger: Claviger;
let owner: Owner;
beforeAll(async () => {
  claviger = await startClaviger();
  owner = await setUp(claviger.control);
});
afterAll(async () => {
  await claviger?.delete();
});

const oldText = (): string => `sk_live_${randomBytes(15).toString('hex')}`;

/** `claviger keys import` with the Owner's key in the environment. */
function runImport(input: string, args: readonly string[], key = secretOf(owner.master)) {
  const settings = { CLAVIGER_KEY: key };
  return runClaviger(['keys', 'import', '--server', claviger.control, ...args], settings, input);
}

async function decisionOf(text: string): Promise<string> {
  return (await verifyOnce(claviger, { key: text, authenticate_only: true })).code;
}

test('keys of another system come in by standard input, and their texts go on working (K13)', async () => {
  const texts = [oldText(), oldText(), 'only_twenty_letters_'];
  const run = await runImport(`${texts[0]}\n\n${texts[1]}\r\n${texts[2]}`, [
    '--kind=write_only',
    '--name=Old key {n}',
    '--lifespan-days=30',
    '--output=json',
  ]);
  expect(run).toMatchObject({ code: 0 });
  const keys = JSON.parse(run.output) as readonly KeyObject[];
  expect(keys.map(({ name, hint, strength, kind }) => ({ name, hint, strength, kind }))).toEqual([
    { name: 'Old key 1', hint: `sk_l…${texts[0]?.slice(-4)}`, strength: 'unknown', kind: 'write_only' },
    { name: 'Old key 3', hint: `sk_l…${texts[1]?.slice(-4)}`, strength: 'unknown', kind: 'write_only' },
    { name: 'Old key 4', hint: 'imported…', strength: 'unknown', kind: 'write_only' },
  ]);
  for (const { expires_at: ends, created_at: made } of keys) {
    expect(Date.parse(ends ?? '') - Date.parse(made)).toBe(30 * 86_400_000);
  }
  for (const text of texts) {
    expect(await decisionOf(text)).toBe('allowed');
    expect(run.output + run.errors + claviger.log()).not.toContain(text);
  }
  const again = await runImport(`${texts[0]}\n\n${texts[1]}\r\n${texts[2]}`, ['--kind=write_only', '--output=id']);
  expect(again, 'the texts are taken, and the lines are named').toMatchObject({ code: 5, output: '' });
  expect(again.errors).toMatch(/^claviger: line 3\/digest: /m);
});

test('the same import run again answers as the first time: a lost answer is no harm (K13)', async () => {
  const args = ['--kind=master', '--output=id'];
  const input = `${oldText()}\n${oldText()}\n`;
  const first = await runImport(input, args);
  expect(first).toMatchObject({ code: 0 });
  expect(first.output).toMatch(/^key_\w+\nkey_\w+\n$/);
  expect(await runImport(input, args)).toMatchObject({ code: 0, output: first.output });
});

test('bad lines are named by their numbers, and nothing is sent (K13)', async () => {
  const good = oldText();
  const bad = ['too_short', 'with a space in the middle', 'clv_master_cut_off_on_the_way', good, 'ü'.repeat(30)];
  const run = await runImport([good, ...bad].join('\n'), ['--kind=master']);
  expect(run).toMatchObject({ code: 2, output: '' });
  for (const line of [2, 3, 4, 5, 6]) expect(run.errors).toContain(`claviger: line ${line} `);
  for (const text of [good, ...bad]) expect(run.errors).not.toContain(text);
  expect(await decisionOf(good)).toBe('not_found');
});

test('a dry run checks and counts, without a key and without a server (K13)', async () => {
  const input = Array.from({ length: 101 }, oldText).join('\n');
  const run = await runClaviger(['keys', 'import', '--kind=master', '--dry-run', '--output=json'], {}, input);
  expect(run).toMatchObject({ code: 0, output: '{"keys":101,"batches":2}\n', errors: '' });
});

test('when a later batch is refused, what is in is printed, and the lines are named (K13)', async () => {
  const texts = Array.from({ length: 150 }, oldText);
  const taken = texts[120] ?? '';
  const digest = createHash('sha256').update(taken).digest('hex');
  const key = { digest, kind: 'write_only', name: 'Taken' };
  await owner.api.must('POST', '/v1/keys/import', { body: { keys: [key] } });
  const run = await runImport(texts.join('\n'), ['--kind=write_only', '--output=id']);
  expect(run).toMatchObject({ code: 8 });
  expect(run.output.trim().split('\n')).toHaveLength(100);
  expect(run.errors).toContain('claviger: line 121/digest: ');
  expect(run.errors).toContain('claviger: lines 1 to 100 were imported');
  expect(await decisionOf(texts[99] ?? '')).toBe('allowed');
  expect(await decisionOf(texts[100] ?? '')).toBe('not_found');
});

test('each way to fail has an exit status of its own, and nothing on standard output (T3)', async () => {
  const text = oldText();
  const master = ['--kind=master'];
  const noSuchKey = secretOf(owner.master).replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'));
  expect(await runImport(text, master, noSuchKey)).toMatchObject({ code: 10, output: '' });
  expect(await runImport(text, master, secretOf(owner.writeOnly))).toMatchObject({ code: 4, output: '' });
  expect(await runImport(text, master, '')).toMatchObject({ code: 2, output: '' });
  expect(await runImport('\n', master)).toMatchObject({ code: 2, output: '' });
  expect(await runImport(text, [])).toMatchObject({ code: 2, output: '' });
  expect(await runImport(text, [...master, '--lifespan-days=366'])).toMatchObject({ code: 2, output: '' });
  expect(await runImport(text, [...master, '--server=http://keys.example'])).toMatchObject({ code: 2, output: '' });
  const closed = `--server=http://127.0.0.1:1`;
  expect(await runImport(text, [...master, closed])).toMatchObject({ code: 7, output: '' });
  expect(await decisionOf(text)).toBe('not_found');
});

test('the key to call with may stand in a file', async () => {
  const file = join(claviger.dataDir, 'key-to-call-with');
  writeFileSync(file, `${secretOf(owner.master)}\n`, { mode: 0o600 });
  const text = oldText();
  const run = await runImport(text, ['--kind=master', `--key-file=${file}`], '');
  expect(run).toMatchObject({ code: 0 });
  expect(run.output).toMatch(/^ID +KIND +HINT +EXPIRES +NAME\nkey_\w+ +master +sk_l….{4} +never +Imported 1\n$/);
  expect(await decisionOf(text)).toBe('allowed');
});
