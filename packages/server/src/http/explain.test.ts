import type { AnswerOf } from '@claviger/contract';
import {
  CHECKS,
  DAY_MS,
  instant,
  type KeyId,
  parseIpAddress,
  type Permission,
  plusMs,
  type Secret,
} from '@claviger/core';
import type { NewKey } from '@claviger/storage';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Name, onDatabase, START } from '../commands/testing/scene.ts';
import { type CallerHeaders, type Cast, openCast, withKey } from './testing/cast.ts';
import { send, type TestAnswer } from './testing/send.ts';
import { openTestPlane, type TestPlane } from './testing/test-plane.ts';

let plane: TestPlane;
let cast: Cast;
let salesId = '';
const headers = new Map<Name, CallerHeaders>();
beforeAll(async () => {
  plane = await openTestPlane();
  cast = await openCast(plane);
  salesId = await cast.scene.policy([onDatabase('query', 'other'), onDatabase('manage', 'sales*')], 'rita');
  for (const name of ['olga', 'adam', 'rita', 'rob'] as const) headers.set(name, await cast.session(name));
});
afterAll(() => plane.close());

type Answer = AnswerOf<'explain'>;
type Asked = { readonly operation?: string; readonly resource?: string; readonly [other: string]: unknown };

function ask(by: Name, keyId: string, asked: Asked = {}): Promise<TestAnswer<Answer>> {
  const body = { key_id: keyId, operation: 'import', resource: 'database:sales_2026', ...asked };
  return send<Answer>(plane, { method: 'POST', path: '/v1/explain', headers: headers.get(by) ?? {}, body });
}
const key = async (owner: Name, parts: Partial<NewKey> = {}) => cast.makeKeyText(await cast.scene.person(owner), parts);
const checkOf = (answer: TestAnswer<Answer>, name: string) => answer.body.checks.find(({ check }) => check === name);

test('an explanation names every check in order, the policy that gives and the narrowing that lets pass (P7)', async () => {
  const permissions = [onDatabase('import', 'sales_2026', 'b')];
  const { id } = await key('rita', { kind: 'write_only', permissions, allowedIps: ['10.0.0.0/8'] });
  const answer = await ask('rita', id, { ip: '10.1.2.3' });
  expect(answer).toMatchObject({
    status: 200,
    names: [],
    body: { object: 'explanation', allow: true, code: 'allowed' },
  });
  expect(answer.body.checks.map(({ check }) => check)).toEqual(CHECKS);
  const rita = await cast.scene.person('rita');
  expect(checkOf(answer, 'owner_permissions')).toEqual({
    check: 'owner_permissions',
    outcome: 'pass',
    code: 'insufficient_permission',
    detail: 'One permission of the owner gives it.',
    decided_by: { kind: 'policy', id: salesId, name: 'Policy', rule: 'P1' },
    grants: [
      {
        policy_id: salesId,
        policy_name: 'Policy',
        permission: { resource_type: 'database', operation: 'manage', ids: ['sales*'] },
        through: 'manage',
        matched: 'sales*',
      },
    ],
  });
  expect(checkOf(answer, 'key_permissions')).toMatchObject({
    outcome: 'pass',
    decided_by: { kind: 'key', id },
    grants: [{ policy_id: null, policy_name: null, through: null, matched: 'sales_2026' }],
  });
  expect(checkOf(answer, 'key_allowed_ips')).toMatchObject({
    outcome: 'pass',
    detail: expect.stringContaining('10.0.0.0/8'),
  });
  expect(checkOf(answer, 'owner_disabled')?.decided_by).toEqual({
    kind: 'user',
    id: rita.id,
    name: 'rita',
    rule: 'U5',
  });
  expect(checkOf(answer, 'key_kind')?.decided_by).toEqual({ kind: 'rule', rule: 'K1' });
  expect(checkOf(answer, 'expiry')?.detail).toBe('The key never expires.');
});

test('what comes after the first failure is not reached (P7)', async () => {
  const { id } = await key('rita', { kind: 'write_only' });
  const answer = await ask('rita', id, { operation: 'query' });
  expect(answer.body).toMatchObject({ allow: false, code: 'write_only_key' });
  expect(checkOf(answer, 'key_kind')?.outcome).toBe('fail');
  expect(checkOf(answer, 'owner_permissions')).toMatchObject({ outcome: 'not_reached', decided_by: null, grants: [] });
});

test('another instant may be asked about: the key dies at its expiry (P7, E9)', async () => {
  const expiresAt = plusMs(START, DAY_MS);
  const { id } = await key('rita', { expiresAt });
  const at = (ms: number) => new Date(expiresAt + ms).toISOString();
  expect((await ask('rita', id)).body.code).toBe('allowed');
  expect((await ask('rita', id, { at: at(-1) })).body).toMatchObject({ code: 'allowed', at: at(-1) });
  expect((await ask('rita', id, { at: at(0) })).body).toMatchObject({ code: 'expired', at: at(0) });
});

test('only who manages a key may ask; for everybody else it is not there, in the same bytes (K9, P7)', async () => {
  const foreign = await openCast(plane);
  const foreignKey = await foreign.makeKey(await foreign.scene.person('rita'), {});
  const [ofRob, ofOlga] = [(await key('rob')).id, (await key('olga')).id];
  const refused: readonly (readonly [Name, string])[] = [
    ['rita', ofRob],
    ['rita', ofOlga],
    ['adam', ofOlga],
    ['olga', foreignKey],
    ['olga', 'key_AAAAAAAAAAAA'],
  ];
  const texts = new Set<string>();
  for (const [by, id] of refused) {
    const answer = await ask(by, id);
    expect(answer).toMatchObject({ status: 404, code: 'not_found', names: [] });
    texts.add(answer.text.replaceAll(/req_[0-9A-Za-z]+/g, 'req'));
  }
  expect(texts.size).toBe(1);
  for (const [by, id] of [
    ['adam', ofRob],
    ['olga', ofRob],
    ['rob', ofRob],
  ] as const) {
    expect((await ask(by, id)).status).toBe(200);
  }
});

test('a master key asks for its owner, a narrowed one does not (K14)', async () => {
  const [plain, narrowed] = [await key('rita'), await key('rita', { permissions: [] })];
  const body = { key_id: plain.id, operation: 'query', resource: 'database:x' };
  const by = (text: Secret) => send(plane, { method: 'POST', path: '/v1/explain', headers: withKey(text), body });
  expect((await by(plain.text)).status).toBe(200);
  expect((await by(narrowed.text)).code).toBe('narrowed_key');
});

test.each([
  [{ key_id: 'nothing' }, '/key_id'],
  [{ resource: 'sales' }, '/resource'],
  [{ ip: '10.0.0.0/8' }, '/ip'],
  [{ ip: '010.0.0.1' }, '/ip'],
  [{ at: 'yesterday' }, '/at'],
])('%j is refused, and says where (T3)', async (asked, pointer) => {
  const { id } = await key('rita');
  const answer = await ask('rita', id, asked);
  expect(answer).toMatchObject({ status: 400, code: 'invalid_body' });
  expect(answer.body).toMatchObject({ errors: [{ pointer }] });
});

const names = fc.constantFrom('a', 'b', 'sales', 'sales_1');
const patterns = fc.constantFrom('a', 'b', 'sales', 's*', '*');
const operations = fc.constantFrom('query', 'edit', 'import', 'download', 'manage');
const permission: fc.Arbitrary<Permission> = fc
  .record({ operation: operations, ids: fc.array(patterns, { minLength: 1, maxLength: 2 }) })
  .map(({ operation, ids }) => onDatabase(operation, ...ids));
const ADDRESSES = ['10.1.2.3', '203.0.113.7'];
const ORIGINS = ['https://shop.example', 'https://other.example'];

const made = fc.record({
  kind: fc.constantFrom('master' as const, 'write_only' as const),
  owner: fc.constantFrom<Name>('olga', 'ada', 'rita', 'rita', 'rob'),
  expiresAt: fc.constantFrom(null, null, START, instant(START - 1), plusMs(START, 1)),
  permissions: fc.option(fc.array(permission, { maxLength: 2 })),
  allowedIps: fc.constantFrom([], [], ['10.0.0.0/8']),
  allowedOrigins: fc.constantFrom([], [], ['https://shop.example']),
  end: fc.constantFrom('no', 'no', 'no', 'no', 'disabled', 'forced'),
  policies: fc.array(fc.array(permission, { maxLength: 2 }), { maxLength: 1 }),
  questions: fc.array(
    fc.record({
      operation: fc.oneof(operations, fc.constant('vacuum')),
      name: names,
      ip: fc.constantFrom(undefined, ...ADDRESSES),
      origin: fc.constantFrom(undefined, ...ORIGINS),
    }),
    { minLength: 4, maxLength: 8 },
  ),
});

const SEED = 20_261_123;

test(`an explanation is what the verifier of this node decides, whatever the key and the question, seed ${SEED} (P7)`, async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(made, async ({ owner, end, policies, questions, ...parts }) => {
      for (const permissions of policies) await cast.scene.policy(permissions, owner);
      const { id, text } = await key(owner, parts);
      await endKey(id, end);
      for (const { operation, name, ip, origin } of questions) {
        const resource = `database:${name}`;
        const bounds = { ...(ip === undefined ? {} : { ip }), ...(origin === undefined ? {} : { origin }) };
        const { code } = (await ask('olga', id, { operation, resource, ...bounds })).body;
        seen.add(code);
        expect(code).toBe(decide(text, { operation, name, ...bounds }));
      }
    }),
    { seed: SEED, numRuns: 150 },
  );
  const codes = ['allowed', 'expired', 'disabled', 'ip_not_allowed', 'origin_not_allowed'];
  expect([...seen]).toEqual(expect.arrayContaining([...codes, 'write_only_key', 'insufficient_permission']));
}, 60_000);

async function endKey(id: KeyId, how: string): Promise<void> {
  if (how === 'no') return;
  const { account } = cast.scene;
  await cast.scene.arrange(async (change) => {
    const current = await change.read.keys.find(account.id, id);
    if (current === null) throw new Error('the key is gone');
    if (how === 'disabled') await change.keys.disable(current, 'request');
    else await change.keys.forceExpire(current, { at: START, by: 'operator', reason: 'other', note: null });
  });
}

type Question = { readonly operation: string; readonly name: string; readonly ip?: string; readonly origin?: string };

function decide(text: Secret, { operation, name, ip, origin }: Question): string {
  return plane.installation.verifier.decide({
    key: text.reveal(),
    typeAndOperation: `database:${operation}`,
    resourceName: name,
    ip: ip === undefined ? null : parseIpAddress(ip),
    origin: origin ?? null,
    accountIds: null,
    now: plane.installation.clock.now(),
  }).code;
}
