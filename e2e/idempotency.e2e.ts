import type { KeyObject, KeyWithSecretObject } from '@claviger/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, type Owner, setUp } from './support/api-client.ts';
import { type Claviger, startClaviger } from './support/claviger-process.ts';
import { type Database, ENGINES } from './support/engines.ts';

const KEYS = process.env['RELIABILITY'] === 'full' ? 1_000 : 30;
const DOUBLES = 50;

describe.each(ENGINES)('idempotency on $engine', ({ openDatabase }) => {
  let database: Database;
  let claviger: Claviger;
  let owner: Owner;
  beforeAll(async () => {
    database = await openDatabase();
    claviger = await startClaviger(database.options);
    owner = await setUp(claviger.control);
  });
  afterAll(async () => {
    await claviger?.delete();
    await database?.delete();
  });

  test(
    'fifty equal requests at once make one key, and its secret is shown once (K7)',
    async () => {
      for (let index = 0; index < KEYS; index += 1) {
        const name = `doubled ${index} of ${KEYS}`;
        const answers = await createAtOnce(name, `an-idempotency-key-${index}`);
        const made = answers.filter(
          ({ status, headers }) => status === 201 && headers.get('idempotent-replayed') === null,
        );
        expect(made.length, name).toBe(1);
        const id = made[0]?.body.id;
        expect(made[0]?.body.secret, name).toMatch(/^clv_master_/);
        for (const answer of answers.filter((each) => each !== made[0])) expectReplay(answer, id ?? '');
        const listed = await owner.api.must<{ data: KeyObject[] }>('GET', `/v1/keys?q=${encodeURIComponent(name)}`);
        expect(
          listed.data.map((key) => key.id),
          name,
        ).toEqual([id]);
      }
    },
    KEYS * 5_000,
  );

  test('the same Idempotency-Key with another body is refused, and makes nothing', async () => {
    const headers = { 'idempotency-key': 'another-body-0123456789' };
    const body = { kind: 'master', name: 'first body' };
    await owner.api.must('POST', '/v1/keys', { body, headers });
    const other = await owner.api.call('POST', '/v1/keys', { body: { ...body, name: 'second body' }, headers });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } });
    const listed = await owner.api.must<{ data: KeyObject[] }>('GET', '/v1/keys?q=second%20body');
    expect(listed.data).toEqual([]);
  });

  function createAtOnce(name: string, idempotencyKey: string): Promise<readonly Answer<KeyWithSecretObject>[]> {
    const options = { body: { kind: 'master', name }, headers: { 'idempotency-key': idempotencyKey } };
    return Promise.all(
      Array.from({ length: DOUBLES }, () => owner.api.call<KeyWithSecretObject>('POST', '/v1/keys', options)),
    );
  }
});

/** Every other answer is the first one without its secret, or the news that the first is still on its way. */
function expectReplay(answer: Answer<KeyWithSecretObject>, id: string): void {
  if (answer.status === 409) {
    expect(answer.body).toMatchObject({ code: 'idempotency_running' });
    return;
  }
  expect(answer.status, answer.text).toBe(201);
  expect(answer.headers.get('idempotent-replayed')).toBe('true');
  expect(answer.body).toMatchObject({ id });
  expect(answer.body.secret).toBeUndefined();
}
