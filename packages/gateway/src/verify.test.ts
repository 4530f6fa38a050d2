import { decision as decisionSchema } from '@claviger/contract';
import { DAY_MS } from '@claviger/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NOW, type RunningDataPlane, runDataPlane } from './testing/running-data-plane.ts';
import { ACCOUNT, keyId, keyText, OWNER } from './testing/sample-state.ts';
import { askVerify, GOOD, IMPORT, RECORDS } from './testing/verify-requests.ts';

let plane: RunningDataPlane;
beforeAll(async () => {
  plane = await runDataPlane(RECORDS, { nameOf: (id) => (id === keyId(10) ? 'Nächtlicher "Import"\n' : null) });
});
afterAll(() => plane.stop());

async function decide(question: object): Promise<ReturnType<typeof decisionSchema.parse>> {
  const answer = await askVerify(plane.port, question);
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json']);
  return decisionSchema.parse(JSON.parse(answer.body));
}
test('a good question is answered with the whole decision, in the bytes of the API', async () => {
  const answer = await askVerify(plane.port, GOOD);
  expect(JSON.parse(answer.body)).toEqual({
    object: 'decision',
    allow: true,
    code: 'allowed',
    version: '1.1',
    key: {
      id: keyId(10),
      kind: 'master',
      name: 'Nächtlicher "Import"\n',
      owner_id: OWNER,
      expires_at: null,
      expiring: false,
    },
    account_id: ACCOUNT,
    permissions: [{ resource_type: '*', operation: '*', ids: ['*'] }],
  });
  expect(decisionSchema.parse(JSON.parse(answer.body)).allow).toBe(true);
  expect(answer.headers['request-id']).toMatch(/^req_[0-9A-Za-z]{13,}$/);
  expect(answer.headers['cache-control']).toBe('no-store');
});

type Case = readonly [title: string, question: object, code: string, keyId: string | null];
const OPERATION_CASES: readonly Case[] = [
  ['what is no key at all is malformed', { key: 'hello' }, 'malformed', null],
  ['a wrong character is malformed (K6)', { key: `${keyText(10).slice(0, -1)}!` }, 'malformed', null],
  ['an unknown key is not found', { key: keyText(999) }, 'not_found', null],
  ['the key of another account is not found (T1)', { key: keyText(20) }, 'not_found', null],
  ['an internal key is nobody as a client (K6)', { key: keyText(1, 'internal') }, 'not_found', null],
  ['a disabled key is told so', { key: keyText(15) }, 'disabled', keyId(15)],
  ['a force-expired key is expired (X1)', { key: keyText(16) }, 'expired', keyId(16)],
  ['a bound address is needed (I8)', { key: keyText(17) }, 'ip_not_allowed', keyId(17)],
  ['another address is refused', { key: keyText(17), ip: '198.51.100.1' }, 'ip_not_allowed', keyId(17)],
  ['the right address is allowed', { key: keyText(17), ip: '::ffff:203.0.113.7' }, 'allowed', keyId(17)],
  ['an origin is needed (D15)', { key: keyText(18, 'write_only') }, 'origin_not_allowed', keyId(18)],
  ['null is no origin (D15)', { key: keyText(18, 'write_only'), origin: 'null' }, 'origin_not_allowed', keyId(18)],
  [
    'the right origin is allowed',
    { key: keyText(18, 'write_only'), origin: 'https://shop.example' },
    'allowed',
    keyId(18),
  ],
  ['a write-only key writes (K1)', { key: keyText(11, 'write_only') }, 'allowed', keyId(11)],
  [
    'a write-only key reads nothing (K1)',
    { key: keyText(11, 'write_only'), operation: 'query' },
    'write_only_key',
    keyId(11),
  ],
  [
    'no more than the owner may (K4)',
    { key: keyText(12), resource: 'database:hr' },
    'insufficient_permission',
    keyId(12),
  ],
  [
    'a prefix permits what begins with it',
    { key: keyText(12), operation: 'query', resource: 'database:sales:eu' },
    'allowed',
    keyId(12),
  ],
  [
    'an unknown operation is permitted to nobody',
    { key: keyText(10), operation: 'fly' },
    'insufficient_permission',
    keyId(10),
  ],
];

test.each(OPERATION_CASES)('%s', async (_title, question, code, id) => {
  const told = await decide({ ...IMPORT, ...question });
  expect([told.code, told.allow, told.key?.id ?? null]).toEqual([code, code === 'allowed', id]);
  if (id === null) expect([told.account_id, told.permissions]).toEqual([null, []]);
});

test('authenticate_only allows a good key of either kind and tells what it may do', async () => {
  const told = await decide({ key: keyText(11, 'write_only'), authenticate_only: true });
  expect(told).toMatchObject({ allow: true, key: { kind: 'write_only' } });
  expect(told.permissions).toEqual([{ resource_type: 'database', operation: 'import', ids: ['sales'] }]);
});

test('names that need escaping come through as they are', async () => {
  const told = await decide({ key: keyText(21), authenticate_only: true });
  expect(told.permissions).toEqual([{ resource_type: 'database', operation: 'query', ids: ['näme "quoted"'] }]);
});

test('a key within the reminder period says so, at its very instant it is dead (E9, E13)', async () => {
  const expiresAt = NOW + 5 * DAY_MS;
  expect((await decide({ ...GOOD, key: keyText(13) })).key).toMatchObject({
    expires_at: new Date(expiresAt).toISOString(),
    expiring: true,
  });
  expect((await decide({ ...GOOD, key: keyText(14) })).key?.expiring).toBe(false);
  plane.setNow(NOW + 60 * DAY_MS);
  expect((await decide({ ...GOOD, key: keyText(14) })).key?.expiring).toBe(true);
  plane.setNow(expiresAt - 1);
  expect((await decide({ ...GOOD, key: keyText(13) })).code).toBe('allowed');
  plane.setNow(expiresAt);
  expect((await decide({ ...GOOD, key: keyText(13) })).code).toBe('expired');
  plane.setNow(NOW);
});

test('a rate limit answers how long to wait (K5)', async () => {
  const question = { key: keyText(19), ...IMPORT };
  const { headers } = await askVerify(plane.port, question);
  expect(headers).toMatchObject({ ratelimit: '"key";r=0;t=60', 'ratelimit-policy': '"key";q=1;w=60' });
  expect((await askVerify(plane.port, GOOD)).headers).not.toHaveProperty('ratelimit');
  const told = await decide(question);
  expect([told.code, told.retry_after_seconds]).toEqual(['rate_limited', 60]);
});

test('a version that is there is answered at once, one of another epoch is stale (D7)', async () => {
  const { n } = plane.verifier.position() ?? { n: 0 };
  expect((await decide({ ...GOOD, min_version: `1.${n}` })).code).toBe('allowed');
  const stale = await decide({ ...GOOD, min_version: '2.1' });
  expect(stale).toMatchObject({ allow: false, code: 'stale', key: null });
});

test('a version that comes in time is waited for, one that does not come is stale (D7)', async () => {
  const { n } = plane.verifier.position() ?? { n: 0 };
  const waiting = decide({ ...GOOD, min_version: `1.${n + 1}` });
  await plane.change({ type: 'none' });
  expect(await waiting).toMatchObject({ code: 'allowed', version: `1.${n + 1}` });
  expect((await decide({ ...GOOD, min_version: `1.${n + 2}` })).code).toBe('stale');
});

test('expiry is told by the millisecond it has', async () => {
  plane.setNow(NOW + 1);
  expect((await decide({ ...GOOD, key: keyText(13) })).key?.expires_at).toBe(instantText(NOW + 5 * DAY_MS));
  plane.setNow(NOW);
});

function instantText(ms: number): string {
  return new Date(ms).toISOString();
}
