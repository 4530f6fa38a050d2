import { routeOf } from '@claviger/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Name } from '../commands/testing/scene.ts';
import { CONTROL_ROUTE_NAMES } from './paths.ts';
import { type CallerHeaders, type Cast, openCast } from './testing/cast.ts';
import { send, type TestAnswer } from './testing/send.ts';
import { openTestPlane, type TestPlane } from './testing/test-plane.ts';

/** Two accounts on one installation (T1). What the other one has, and every text that would give it away. */
let plane: TestPlane;
let own: Cast;
let other: Other;
const callers: Name[] = ['olga', 'adam', 'rita'];
const headers = new Map<Name, CallerHeaders>();
beforeAll(async () => {
  plane = await openTestPlane();
  own = await openCast(plane, { name: 'Acme' });
  other = await openOther();
  for (const name of callers) headers.set(name, await own.session(name));
});
afterAll(() => plane.close());

type Other = {
  readonly userId: string;
  readonly email: string;
  readonly keyId: string;
  readonly keyText: string;
  readonly policyId: string;
  readonly sessionId: string;
  readonly marks: readonly string[];
};

async function openOther(): Promise<Other> {
  const cast = await openCast(plane, { name: 'Rival Holding' });
  const rita = await cast.scene.person('rita');
  const policyId = await cast.scene.policy([], 'rita');
  const { id: keyId, text } = await cast.makeKeyText(rita, { name: 'Rival export' });
  const { id: sessionId } = await cast.newSession(rita);
  const email = rita.email ?? '';
  const marks = ['Rival', cast.scene.account.id, rita.id, email, keyId, policyId, sessionId];
  return { userId: rita.id, email, keyId, keyText: text.reveal(), policyId, sessionId, marks };
}

const as = (name: Name, method: string, path: string, body?: unknown): Promise<TestAnswer<unknown>> =>
  send(plane, { method, path, headers: headers.get(name) ?? {}, ...(body === undefined ? {} : { body }) });

function expectNoMark(answer: TestAnswer<unknown>, place: string): void {
  for (const mark of other.marks) expect(answer.text, `${place} tells of another account`).not.toContain(mark);
}

const lists = CONTROL_ROUTE_NAMES.filter((name) => {
  const { method, target } = routeOf(name);
  return method === 'GET' && target === 'none';
});

test.each(lists)('%s shows nothing of another account, to nobody (T1)', async (name) => {
  for (const caller of callers) expectNoMark(await as(caller, 'GET', routeOf(name).path), `${name} as ${caller}`);
});

test('filters that name what another account has find nothing (T1)', async () => {
  const paths = [
    `/v1/keys?owner_id=${other.userId}`,
    `/v1/keys?q=${other.keyId}`,
    '/v1/keys?q=Rival',
    `/v1/audit-events?actor_id=${other.userId}`,
    `/v1/audit-events?resource_id=${other.policyId}`,
    `/v1/audit-events?key_id=${other.keyId}`,
  ];
  for (const path of paths) {
    const answer = await as('olga', 'GET', path);
    expect([path, answer.status, (answer.body as { readonly data: unknown }).data]).toEqual([path, 200, []]);
  }
});

test('what another account has is refused in the bytes of what is not there, wherever it is named (T1, K9)', async () => {
  const policyId = await own.scene.policy([]);
  const rob = await own.scene.person('rob');
  const absent = {
    userId: 'usr_AAAAAAAAAAAAAAAAAAAA',
    keyId: 'key_AAAAAAAAAAAA',
    keyText: 'clv_master_nobody',
    policyId: 'pol_AAAAAAAAAAAAAAAAAAAA',
    sessionId: 'ses_AAAAAAAAAAAAAAAAAAAA',
  };
  const requests: readonly ((named: typeof absent) => readonly [string, string, unknown?])[] = [
    ({ userId }) => ['POST', '/v1/keys', { kind: 'master', name: 'x', owner_id: userId }],
    ({ userId }) => ['POST', '/v1/users', { name: 'x', service_account: true, contacts: [userId] }],
    ({ userId }) => ['PATCH', `/v1/users/${userId}`, { name: 'x' }],
    ({ userId }) => ['GET', `/v1/users/${userId}/effective-permissions`],
    ({ userId }) => ['PUT', `/v1/policies/${policyId}/users/${userId}`],
    ({ policyId: id }) => ['PUT', `/v1/policies/${id}/users/${rob.id}`],
    ({ policyId: id }) => ['PUT', `/v1/policies/${id}/permissions`, { permissions: [] }],
    ({ keyId }) => ['POST', '/v1/explain', { key_id: keyId, operation: 'query', resource: 'database:x' }],
    ({ keyId }) => ['POST', `/v1/keys/${keyId}/force-expire`, { reason: 'other' }],
    ({ sessionId }) => ['DELETE', `/v1/sessions/${sessionId}`],
  ];
  for (const request of requests) {
    const answers = [await as('olga', ...request(other)), await as('olga', ...request(absent))];
    const [foreign, missing] = answers.map((answer) => [answer.status, withoutRequestId(answer.text)]);
    expect(foreign, request(other).join(' ')).toEqual(missing);
    expect(answers[0]?.names.filter((name) => name !== 'access.denied')).toEqual([]);
  }
});

test('the text of another account’s key is that of no key here (T1)', async () => {
  const tested = await as('olga', 'POST', '/v1/keys/test', { key: other.keyText });
  expect(tested.body).toMatchObject({ allow: false, code: 'not_found', key: null, account_id: null });
  expectNoMark(tested, 'a key under test');
});

function withoutRequestId(text: string): string {
  return text.replaceAll(/req_[0-9A-Za-z]+/g, 'req');
}
