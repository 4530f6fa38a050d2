import { DatabaseSync } from 'node:sqlite';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setUp } from './support/api-client.ts';
import { CHECKOUT, type Claviger, startClaviger } from './support/claviger-process.ts';
import { type Ending, runProgram } from './support/program.ts';
import { makeTemporaryFolder, type TemporaryFolder } from './support/temporary-folder.ts';

let claviger: Claviger;
let copies: TemporaryFolder;
let downloaded = '';
beforeAll(async () => {
  copies = makeTemporaryFolder('copies');
  claviger = await startClaviger();
  const owner = await setUp(claviger.control);
  for (let index = 0; index < 10; index += 1) {
    await owner.api.must('POST', '/v1/keys', { body: { kind: 'master', name: `Key ${index}` } });
  }
  downloaded = (await owner.api.call('GET', '/v1/audit-events/export?event_name=key.created')).text;
  await claviger.stop();
});
afterAll(async () => {
  await claviger?.delete();
  copies?.delete();
});

/** `npx claviger` inside the checkout, as the documentation has it. */
function run(...args: readonly string[]): Promise<Ending & { readonly output: string; readonly errors: string }> {
  const env = { HOME: copies.path, NO_UPDATE_NOTIFIER: '1' };
  return runProgram({ name: 'npx claviger', command: 'npx', args: ['claviger', ...args], cwd: CHECKOUT, env });
}

/** A copy of the data folder, damaged by somebody who may write in its database and drops what stands in the way. */
function damagedCopy(name: string, damage: readonly string[]): string {
  const folder = join(copies.path, name);
  cpSync(claviger.dataDir, folder, { recursive: true });
  const database = new DatabaseSync(join(folder, 'claviger.db'));
  for (const trigger of ['update', 'delete', 'replace']) database.exec(`drop trigger audit_events_no_${trigger}`);
  for (const sql of damage) database.exec(sql);
  database.close();
  return folder;
}

test('npx claviger --help says what there is, and succeeds', async () => {
  const help = await run('--help');
  expect(help).toMatchObject({ code: 0, errors: '' });
  for (const command of ['serve', 'audit']) expect(help.output).toContain(command);
});

test('an unknown command is a mistake: exit status 2, and nothing on standard output', async () => {
  const unknown = await run('frobnicate');
  expect(unknown).toMatchObject({ code: 2, output: '' });
  expect(unknown.errors).toContain('frobnicate');
});

test('audit verify finds a sound data folder sound (A4)', async () => {
  expect(await run('audit', 'verify', claviger.dataDir)).toMatchObject({ code: 0 });
});

test('audit verify names the version of an event in which one byte was changed (A4)', async () => {
  const folder = damagedCopy('changed', [
    `update audit_events set changes = replace(changes, 'Key 3', 'Key 4') where changes like '%"Key 3"%'`,
  ]);
  const version = versionOf('Key 3');
  const found = await run('audit', 'verify', folder);
  expect(found.code).toBe(1);
  expect(found.output + found.errors).toMatch(new RegExp(`^version ${version}\\b`, 'm'));
});

test.each([
  ['missing', 'delete from audit_events where version = 7', 7],
  ['cut off', 'delete from audit_events where version > 9', 10],
  [
    'swapped',
    'update audit_events set version = case version when 5 then -6 when 6 then -5 end where version in (5, 6)',
    5,
  ],
])('audit verify finds and locates events that are %s (A4)', async (name, sql, version) => {
  const numbersBack = 'update audit_events set version = -version where version < 0';
  const folder = damagedCopy(name.replace(' ', '-'), ['pragma foreign_keys = off', sql, numbersBack]);
  const found = await run('audit', 'verify', folder);
  expect(found.code).toBe(1);
  expect(found.output + found.errors).toMatch(new RegExp(`^version ${version}\\b`, 'm'));
});

test('audit verify proves a downloaded log with the public key alone, and names what was changed in it (A4, A5)', async () => {
  const file = join(copies.path, 'log.jsonl');
  const publicKey = join(copies.path, 'installation.pub');
  cpSync(join(claviger.dataDir, 'signing-key.pub'), publicKey);
  writeFileSync(file, downloaded);
  const sound = await run('audit', 'verify', file, '--public-key', publicKey);
  expect(sound).toMatchObject({ code: 0 });
  expect(sound.output).toMatch(/^sound: 12 events, chained without a gap/);
  writeFileSync(file, downloaded.replaceAll('Key 3', 'Key 4'));
  const found = await run('audit', 'verify', file, '--public-key', publicKey);
  expect(found.code).toBe(1);
  expect(found.output).toMatch(new RegExp(`version ${versionOf('Key 3')} was changed`));
  expect(await run('audit', 'verify', file)).toMatchObject({ code: 2 });
});

test('audit verify is anchored by the checkpoint that a stop has left, and refuses one that was written by somebody else (A4)', async () => {
  const checkpoint = join(copies.path, 'checkpoints.jsonl');
  cpSync(join(claviger.dataDir, 'checkpoints.jsonl'), checkpoint);
  const anchored = await run('audit', 'verify', claviger.dataDir, '--checkpoint', checkpoint);
  expect(anchored).toMatchObject({ code: 0 });
  expect(anchored.output).toMatch(/anchored by the checkpoint of version 1\.\d+, unanchored since/);
  const stranger = join(copies.path, 'later.jsonl');
  const last = readFileSync(checkpoint, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  writeFileSync(stranger, `${last.replace(/"time":"\d+/, '"time":"1999')}\n`);
  const found = await run('audit', 'verify', claviger.dataDir, '--checkpoint', stranger);
  expect(found.code).toBe(1);
  expect(found.output).toContain('has a checkpoint that is not signed by this installation');
});

function versionOf(name: string): number {
  const database = new DatabaseSync(join(claviger.dataDir, 'claviger.db'), { readOnly: true });
  const row = database.prepare('select version from audit_events where changes like ?').get(`%"${name}"%`);
  database.close();
  return Number(row?.['version']);
}
