import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, expectTypeOf, test } from 'vitest';
import { type Client, createClient } from './client.ts';
import { UnexpectedAnswer } from './unexpected-answer.ts';

type Seen = {
  readonly call: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
};
type Answer = { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string };

const KEY_TEXT = 'clv_master_of_a_test';
const JSON_TYPE = { 'content-type': 'application/json' };
const PROBLEM_TYPE = { 'content-type': 'application/problem+json' };
const PROBLEM = {
  type: 'https://keys.example/problems/rate_limited',
  title: 'Rate limit reached',
  status: 429,
  detail: 'The presented key has used up its rate limit. Try again in 30 seconds.',
  instance: 'urn:request:1',
  code: 'rate_limited',
  request_id: '1',
  retry_after_seconds: 30,
};

let server: Server;
let baseUrl = '';
let seen: Seen[] = [];
let answer: Answer = { status: 204 };

beforeAll(async () => {
  server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the test server has no port');
  baseUrl = `http://127.0.0.1:${address.port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

beforeEach(() => {
  seen = [];
  answer = { status: 204 };
});

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const headers = request.headers as Seen['headers'];
  seen.push({ call: `${request.method} ${request.url}`, headers, body });
  response.writeHead(answer.status, answer.headers).end(answer.body);
}

function client(): Client {
  return createClient({ baseUrl, credential: { key: KEY_TEXT } });
}

test('a call goes to the method and path of its row, with key, body and idempotency key', async () => {
  answer = {
    status: 201,
    headers: { ...JSON_TYPE, 'claviger-version': '1.7', 'request-id': 'r-1' },
    body: '{"object":"key","secret":"s","later":1}',
  };
  const body = { kind: 'master', name: 'deploy', lifespan_days: null } as const;
  const created = await client().call('create_key', { body, idempotencyKey: 'a-random-idempotency-key' });
  expect(seen).toHaveLength(1);
  expect(seen[0]?.call).toBe('POST /v1/keys');
  expect(seen[0]?.headers).toMatchObject({
    authorization: `Bearer ${KEY_TEXT}`,
    'content-type': 'application/json',
    'idempotency-key': 'a-random-idempotency-key',
  });
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual(body);
  expect(created).toEqual({
    ok: true,
    status: 201,
    value: { object: 'key', secret: 's', later: 1 },
    version: '1.7',
    isReplayed: false,
    requestId: 'r-1',
  });
});

test('parameters and filters are escaped, and absent filters are left out', async () => {
  answer = { status: 200, headers: JSON_TYPE, body: '{"object":"list","data":[],"has_more":false,"next_cursor":null}' };
  await client().call('list_keys', { query: { q: 'a&limit=1 ü', limit: 5 } });
  await client().call('detach_policy', { params: { id: 'pol_a/b', user_id: 'usr_?x' } });
  expect(seen.map(({ call }) => call)).toEqual([
    'GET /v1/keys?q=a%26limit%3D1+%C3%BC&limit=5',
    'DELETE /v1/policies/pol_a%2Fb/users/usr_%3Fx',
  ]);
});

test('a call without a body sends none, and no content type', async () => {
  answer = { status: 200, headers: JSON_TYPE, body: '{}' };
  await client().call('disable_key', { params: { id: 'key_123456789012' } });
  expect(seen[0]?.body).toBe('');
  expect(seen[0]?.headers['content-type']).toBeUndefined();
});

test('an answer without a body is null, and a replay says so', async () => {
  answer = { status: 204, headers: { 'idempotent-replayed': 'true' } };
  const deleted = await client().call('delete_key', { params: { id: 'key_123456789012' } });
  expect(deleted).toMatchObject({ ok: true, status: 204, value: null, version: null, isReplayed: true });
});

test('a refusal is a value with its problem, not a throw', async () => {
  answer = { status: 429, headers: { ...PROBLEM_TYPE, 'retry-after': '30' }, body: JSON.stringify(PROBLEM) };
  const refused = await client().call('read_me');
  expect(refused).toEqual({ ok: false, status: 429, problem: PROBLEM, retryAfterSeconds: 30 });
});

test.each(['', '.', '..'])('the id %j, which would lead to another path, is never sent', async (id) => {
  await expect(client().call('delete_key', { params: { id } })).rejects.toThrow(RangeError);
  expect(seen).toEqual([]);
});

test('a redirect is not followed: it could carry the key away', async () => {
  answer = { status: 307, headers: { location: `${baseUrl}/elsewhere` } };
  await expect(client().call('read_me')).rejects.toThrow();
  expect(seen.map(({ call }) => call)).toEqual(['GET /v1/me']);
});

test.each([
  { title: 'a page of a proxy', given: { status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad' } },
  {
    title: 'a page of another server',
    given: { status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Hi' },
  },
  { title: 'JSON that is cut off', given: { status: 200, headers: JSON_TYPE, body: '{"secret":"clv_mas' } },
  { title: 'a problem that is none', given: { status: 404, headers: PROBLEM_TYPE, body: '{"error":"no"}' } },
  { title: 'JSON of another API', given: { status: 404, headers: JSON_TYPE, body: '{"error":"no"}' } },
])('$title is a fault that repeats nothing of the answer', async ({ given }) => {
  answer = given;
  const fault: unknown = await client()
    .call('read_me')
    .catch((thrown: unknown) => thrown);
  expect(fault).toBeInstanceOf(UnexpectedAnswer);
  expect(fault).toMatchObject({ status: given.status });
  expect(String(fault)).not.toMatch(/clv_mas|<h1>|error/);
});

test('a session is shown as a cookie, with the origin that changes need', async () => {
  await createClient({ baseUrl: `${baseUrl}/`, credential: { cookie: 'claviger=s' } }).call('delete_current_session');
  expect(seen[0]?.call).toBe('DELETE /v1/sessions/current');
  expect(seen[0]?.headers).toMatchObject({ cookie: 'claviger=s', origin: baseUrl });
  expect(seen[0]?.headers['authorization']).toBeUndefined();
});

test('without a credential none is sent', async () => {
  answer = { status: 202, headers: JSON_TYPE, body: '{"object":"self_revocation"}' };
  await createClient({ baseUrl, credential: null }).call('self_revoke', { body: { key: KEY_TEXT } });
  expect(seen[0]?.headers['authorization']).toBeUndefined();
  expect(seen[0]?.headers['cookie']).toBeUndefined();
});

test('a call can be ended early', async () => {
  await expect(client().call('read_me', { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
});

async function example(key: string): Promise<readonly string[]> {
  const client = createClient({ baseUrl, credential: { key } });
  const listed = await client.call('list_keys', { query: { status: 'expiring' } });
  if (!listed.ok) throw new Error(listed.problem.detail);
  const names = listed.value.data.map(({ name, expires_at }) => `${name} until ${expires_at}`);
  return names;
}

test('the example in the documentation is this one, and runs', async () => {
  const data = [{ name: 'deploy', expires_at: '2026-03-01T09:30:00.000Z' }];
  answer = { status: 200, headers: JSON_TYPE, body: JSON.stringify({ object: 'list', data }) };
  expect(await example(KEY_TEXT)).toEqual(['deploy until 2026-03-01T09:30:00.000Z']);
  const sources = ['client.ts', 'client.test.ts'].map((name) => readFileSync(new URL(name, import.meta.url), 'utf8'));
  const [shown, run] = [/```ts\n([\s\S]*?) \* ```/, /function example.*\n([\s\S]*?) {2}return names/].map(
    (pattern, index) => pattern.exec(sources[index] ?? '')?.[1]?.replaceAll(/^ {2}| \* /gm, ''),
  );
  expect(shown).toBe(run);
});

test('a client prints without its key', () => {
  expect(JSON.stringify(client())).not.toContain(KEY_TEXT);
});

test('the types of a call follow from the route table', () => {
  const { call } = client();
  expectTypeOf(call<'rotate_key'>)
    .parameter(1)
    .toExtend<{ readonly params: { readonly id: string } }>();
  expectTypeOf(call<'rotate_key'>)
    .parameter(1)
    .toExtend<{ readonly body: { overlap_seconds: number } }>();
});

/** Never run: each line must be refused by the compiler, else the unused directive is. */
export async function misuse({ call }: Client): Promise<void> {
  // @ts-expect-error a path parameter is missing
  await call('read_key');
  // @ts-expect-error the body is missing
  await call('rotate_key', { params: { id: 'key_1' } });
  // @ts-expect-error the call takes no body
  await call('read_me', { body: {} });
  // @ts-expect-error no such filter
  await call('list_keys', { query: { owner: 'usr_1' } });
  // @ts-expect-error no such call
  await call('revoke_key');
  const listed = await call('list_keys');
  // @ts-expect-error the answer is only there once `ok` was looked at
  listed.value.data.at(0);
}
