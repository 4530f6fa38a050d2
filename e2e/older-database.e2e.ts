import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyWithSecretObject } from '@claviger/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiWithKey, type Owner, secretOf, setUp } from './support/api-client.ts';
import { type Claviger, startClaviger } from './support/claviger-process.ts';
import { makeTemporaryFolder, type TemporaryFolder } from './support/temporary-folder.ts';
import { verifyOnce } from './support/verify-client.ts';

let claviger: Claviger;
let owner: Owner;
let backup: TemporaryFolder;
beforeAll(async () => {
  backup = makeTemporaryFolder('backup');
  claviger = await startClaviger();
  owner = await setUp(claviger.control);
});
afterAll(async () => {
  await claviger?.delete();
  backup?.delete();
});

const DATABASE = /^claviger\.db/;

function copyDatabase(from: string, to: string): void {
  for (const name of readdirSync(from).filter((each) => DATABASE.test(each))) cpSync(join(from, name), join(to, name));
}

function createKey(name: string): Promise<KeyWithSecretObject> {
  return owner.api.must<KeyWithSecretObject>('POST', '/v1/keys', { body: { kind: 'master', name } });
}

test('an older copy of the database, put back, revives no key that was ended since (D3, K10, X2)', async () => {
  const [forced, deleted, living] = [await createKey('Forced'), await createKey('Deleted'), await createKey('Living')];
  await claviger.stop();
  copyDatabase(claviger.dataDir, backup.path);
  await claviger.restart();
  await owner.api.must('POST', `/v1/keys/${forced.id}/force-expire`, { body: { reason: 'compromised' } });
  await owner.api.must('DELETE', `/v1/keys/${deleted.id}`);
  await claviger.stop();
  for (const name of readdirSync(claviger.dataDir).filter((each) => DATABASE.test(each))) {
    rmSync(join(claviger.dataDir, name));
  }
  copyDatabase(backup.path, claviger.dataDir);
  await claviger.restart();

  const ask = (key: KeyWithSecretObject) => verifyOnce(claviger, { key: secretOf(key), authenticate_only: true });
  expect(await ask(forced)).toMatchObject({ allow: false, code: 'expired' });
  expect(await ask(deleted)).toMatchObject({ allow: false, code: 'not_found' });
  expect(await ask(living)).toMatchObject({ allow: true });
  // On the management API they open nothing either.
  for (const key of [forced, deleted]) {
    expect(await apiWithKey(claviger.control, secretOf(key)).call('GET', '/v1/me')).toMatchObject({ status: 401 });
  }
  expect(await apiWithKey(claviger.control, secretOf(living)).call('GET', '/v1/me')).toMatchObject({ status: 200 });
  // Nor does a new secret bring one back: the database takes it for alive, the verifier does not.
  for (const key of [forced, deleted]) {
    const path = `/v1/keys/${key.id}/rotate`;
    const rotated = await owner.api.call<KeyWithSecretObject>('POST', path, { body: { overlap_seconds: 60 } });
    if (rotated.status === 200) expect(await ask(rotated.body)).toMatchObject({ allow: false });
    expect(await ask(key)).toMatchObject({ allow: false });
  }
});
