import type { KeyWithSecretObject } from '@claviger/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyOfKind, type Owner, secretOf, setUp } from './support/api-client.ts';
import { type Claviger, startClaviger } from './support/claviger-process.ts';
import { type Database, ENGINES } from './support/engines.ts';
import { sha256 } from './support/store-deps.ts';
import { verifyOnce } from './support/verify-client.ts';

const READ_SALES = { operation: 'query', resource: 'database:sales' };

/** Whoever can write in the database, and knows neither sealing nor signing key, makes a row and gets no key. */
describe.each(ENGINES)('rows written by hand on $engine', ({ openDatabase }) => {
  let database: Database;
  let claviger: Claviger;
  let owner: Owner;
  let service: KeyWithSecretObject;

  beforeAll(async () => {
    database = await openDatabase();
    claviger = await startClaviger(database.options);
    owner = await setUp(claviger.control);
    const body = { name: 'Service', service_account: true };
    const made = await owner.api.must<{ keys: KeyWithSecretObject[] }>('POST', '/v1/users', { body });
    service = keyOfKind(made.keys, 'master');
  });
  afterAll(async () => {
    await claviger?.delete();
    await database?.delete();
  });

  async function whileStopped(sql: string): Promise<void> {
    await claviger.stop();
    await database.execute(claviger.dataDir, sql);
    await claviger.restart();
  }

  test('a key whose row was given to the Owner is no key, and an alarm (K7)', async () => {
    const asked = { ...READ_SALES, key: secretOf(service) };
    expect(await verifyOnce(claviger, asked)).toMatchObject({ code: 'insufficient_permission' });
    await whileStopped(`update keys set owner_id = '${owner.userId}' where id = '${service.id}'`);
    expect(await verifyOnce(claviger, asked)).toMatchObject({ allow: false, code: 'not_found' });
    expect(alarmsAbout(service.id)).not.toEqual([]);
    await whileStopped(`update keys set owner_id = '${service.owner_id}' where id = '${service.id}'`);
    expect(await verifyOnce(claviger, asked)).toMatchObject({ code: 'insufficient_permission' });
  });

  test('a write-only key whose row was made a master key is no key, and an alarm (K7)', async () => {
    const { id } = owner.writeOnly;
    await whileStopped(`update keys set kind = 'master' where id = '${id}'`);
    const asked = { ...READ_SALES, key: secretOf(owner.writeOnly) };
    expect(await verifyOnce(claviger, asked)).toMatchObject({ allow: false, code: 'not_found' });
    expect(alarmsAbout(id)).not.toEqual([]);
    await whileStopped(`update keys set kind = 'write_only' where id = '${id}'`);
    expect(await verifyOnce(claviger, asked)).toMatchObject({ code: 'write_only_key' });
  });

  test('a row with a digest of somebody’s own is no key, and an alarm (K7)', async () => {
    const text = 'a-text-that-somebody-chose-0123456789';
    const columns = 'account_id, key_id, seal, hint, created_at, ends_at, is_current';
    await whileStopped(
      `insert into key_secrets (digest, ${columns})
       select '${sha256(text)}', account_id, key_id, seal, hint, created_at, 9999999999999, 0
       from key_secrets where key_id = '${owner.master.id}'`,
    );
    expect(await verifyOnce(claviger, { ...READ_SALES, key: text })).toMatchObject({ allow: false, code: 'not_found' });
    expect(await verifyOnce(claviger, { ...READ_SALES, key: secretOf(owner.master) })).toMatchObject({ allow: true });
    expect(alarmsAbout(owner.master.id)).not.toEqual([]);
  });

  test('on the management API such a row is no key either (K7)', async () => {
    const { id } = service;
    await whileStopped(`update keys set owner_id = '${owner.userId}' where id = '${id}'`);
    const answer = await fetch(`${claviger.control}/v1/users`, { headers: { 'x-api-key': secretOf(service) } });
    expect(answer.status).toBe(401);
  });

  /** Lines of the log, at a level that wakes somebody, that name a key. */
  function alarmsAbout(id: string): readonly string[] {
    return claviger
      .log()
      .split('\n')
      .filter((line) => /"level":"(?:warn|error|fatal)"/.test(line) && line.includes(id));
  }
});
