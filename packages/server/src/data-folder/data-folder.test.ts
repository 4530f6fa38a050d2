import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPublicKey, sign, verify } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import { openInstallationKeys } from './installation-keys.ts';

let parent = '';
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'claviger-data-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

const here = { sealingKeys: null, isDatabaseElsewhere: false };
const modeOf = (path: string): number => statSync(path).mode & 0o777;

function opened(): DataFolder {
  const folder = openDataFolder(join(parent, 'data'));
  if (!folder.ok) throw new Error(folder.refusal.line);
  return folder.value;
}

test('a new data folder is for its owner only', () => {
  expect(modeOf(opened().path)).toBe(0o700);
});

test.each([0o755, 0o750, 0o701, 0o704])('a data folder that others may read (%i) is refused in one line', (mode) => {
  mkdirSync(join(parent, 'data'));
  chmodSync(join(parent, 'data'), mode);
  const folder = openDataFolder(join(parent, 'data'));
  expect(folder).toMatchObject({ ok: false, refusal: { exitCode: 1 } });
  expect(folder.ok ? '' : folder.refusal.line).toContain('chmod 700');
});

test('a file in place of the data folder is refused', () => {
  writeFileSync(join(parent, 'data'), '');
  expect(openDataFolder(join(parent, 'data'))).toMatchObject({ ok: false, refusal: { exitCode: 2 } });
});

test('keys are made once, kept, and readable by their owner only (K7, A4)', () => {
  const folder = opened();
  const first = openInstallationKeys(folder, here);
  const second = openInstallationKeys(folder, here);
  if (!first.ok || !second.ok) throw new Error('refused');
  expect(readFileSync(join(folder.path, 'sealing-key'), 'utf8')).toMatch(/^1:[0-9A-Za-z_-]{43}\n$/);
  expect(second.value.sealingKeys[0]?.key.reveal()).toBe(first.value.sealingKeys[0]?.key.reveal());
  for (const name of ['sealing-key', 'signing-key', 'signing-key.pub'])
    expect(modeOf(join(folder.path, name))).toBe(0o600);
  const signature = sign(null, Buffer.from('head'), first.value.signingKey);
  expect(verify(null, Buffer.from('head'), createPublicKey(readFileSync(folder.signingPublicKeyFile)), signature)).toBe(
    true,
  );
});

test.each(['sealing-key', 'signing-key'])('a missing %s beside a database is refused, not made anew (K7)', (name) => {
  const folder = opened();
  openInstallationKeys(folder, here);
  writeFileSync(folder.databaseFile, '');
  rmSync(join(folder.path, name));
  const keys = openInstallationKeys(folder, here);
  expect(keys.ok ? '' : keys.refusal.line).toContain(`${name} is missing`);
  expect(existsSync(join(folder.path, name))).toBe(false);
});

test.each(['sealing-key', 'signing-key'])('a damaged %s is refused', (name) => {
  const folder = opened();
  openInstallationKeys(folder, here);
  writeFileSync(join(folder.path, name), 'damaged');
  const keys = openInstallationKeys(folder, here);
  expect(keys.ok ? '' : keys.refusal.line).toContain(`${name} is damaged`);
});

test('a key file that others may read is refused', () => {
  const folder = opened();
  openInstallationKeys(folder, here);
  chmodSync(join(folder.path, 'sealing-key'), 0o644);
  expect(openInstallationKeys(folder, here)).toMatchObject({ ok: false });
});
