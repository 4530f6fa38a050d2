import { instant, parseInstant } from '@claviger/core';
import { expect, test } from 'vitest';
import { localDecider } from '../local-decider.ts';
import type { DeciderQuestion } from '../decider.ts';
import { knowing } from '../testing/knowing.ts';
import { digestOf, keyIdNumber, keyRecord, keyTextNumber } from '../testing/sample-records.ts';
import { fastifyGuard, type FastifyGuardRoute, type FastifyReplyLike, type FastifyRequestLike } from './fastify.ts';

const DAY = 86_400_000;
const KEY = keyTextNumber(1);
const WRITE_KEY = keyTextNumber(2, 0, 'write');
const IMPORT: FastifyGuardRoute<FastifyRequestLike> = { operation: 'import', resource: () => 'database:sales' };
const INGEST = { ...IMPORT, places: { header: null, takesWriteKey: true } };

/** A Fastify reply that remembers what was written. */
type Written = { status: number; headers: Record<string, string>; body: unknown };

function reply(): FastifyReplyLike & { readonly written: Written } {
  const written: Written = { status: 200, headers: {}, body: null };
  return {
    written,
    code: (status) => {
      written.status = status;
    },
    header: (name, value) => {
      written.headers[name] = value;
    },
    send: (body) => {
      written.body = JSON.parse(body);
    },
  };
}

/** Two keys behind a guard: 1 a master key, 2 a write-only one. `send` gives what a client would see. */
async function guarded(changes: Parameters<typeof keyRecord>[1] = {}) {
  const known = await knowing(
    keyRecord(1, changes),
    keyRecord(2, { kind: 'write_only', secrets: [{ digest: digestOf(WRITE_KEY), ends_at: null }] }),
  );
  const { verifier, clock } = known;
  const misplaced: string[] = [];
  const asked: DeciderQuestion[] = [];
  const local = localDecider({ verifier, clock, accountIds: null });
  const guard = fastifyGuard({
    decider: {
      decide: (question) => {
        asked.push(question);
        return local.decide(question);
      },
    },
    publicUrl: 'https://keys.example/',
    onMisplacedKey: (id) => misplaced.push(id),
  });
  async function send(rawHeaders: string[], route: FastifyGuardRoute<FastifyRequestLike> = IMPORT, url = '/') {
    const request = { id: 'r1', ip: '203.0.113.7', raw: { rawHeaders, url } };
    const answer = reply();
    const outcome = await guard.require(route)(request, answer);
    return { ...answer.written, isAnswered: outcome === answer, decision: guard.decisionOn(request) };
  }
  return { ...known, send, misplaced, asked };
}

const bearer = (text: string): string[] => ['Authorization', `Bearer ${text}`];

test('a good key passes and its decision is on the request (D8)', async () => {
  const { send, asked } = await guarded();
  expect(await send([...bearer(KEY), 'Origin', 'https://x.example'])).toMatchObject({
    isAnswered: false,
    headers: {},
    decision: { isAllowed: true, key: { id: keyIdNumber(1) } },
  });
  expect(asked[0]).toMatchObject({
    operation: { name: 'import', resource: 'database:sales' },
    ip: '203.0.113.7',
    origin: 'https://x.example',
  });
  expect(JSON.stringify(asked[0])).not.toContain(KEY);
  expect(asked[0]?.key.reveal()).toBe(KEY);
});

test.each<[string, string[], string, string]>([
  ['no key', [], 'credentials_required', 'Bearer realm="claviger"'],
  ['two', [...bearer(KEY), 'X-Api-Key', KEY], 'ambiguous_credentials', 'error="invalid_request"'],
  ['Authorization twice', [...bearer(KEY), ...bearer(KEY)], 'ambiguous_credentials', 'error="invalid_request"'],
  ['an unknown key', bearer(keyTextNumber(9)), 'key_not_found', 'error="invalid_token"'],
  ['junk', bearer('junk'), 'key_malformed', 'error="invalid_token"'],
])('%s is refused as the gateway refuses it (D10)', async (_, headers, code, challenge) => {
  const { send } = await guarded();
  const answer = await send(headers);
  expect(answer).toMatchObject({ isAnswered: true, status: 401, decision: null });
  expect(answer.body).toMatchObject({
    type: `https://keys.example/problems/${code}`,
    status: 401,
    code,
    instance: 'urn:request:r1',
    request_id: 'r1',
  });
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.headers['www-authenticate']).toContain(challenge);
});

test('an expired key is told that it is, when, and where to replace it (E11)', async () => {
  const { send, clock, learn } = await guarded();
  const expires_at = clock.now();
  await learn(keyRecord(1, { expires_at, secrets: [{ digest: digestOf(KEY), ends_at: expires_at }] }));
  const { body, status } = await send(bearer(KEY));
  const when = (body as { expired_at: string }).expired_at;
  expect([status, parseInstant(when)]).toEqual([401, expires_at]);
  expect(body).toMatchObject({ code: 'key_expired', replace_url: 'https://keys.example/keys' });
  expect((body as { detail: string }).detail).toContain(
    `expired at ${when}. Create or rotate one at https://keys.example/keys`,
  );
});

test('a key that expires within the reminder period warns in band, another does not (E13)', async () => {
  const { send, clock, learn } = await guarded();
  const until = (days: number) => {
    const ends_at = clock.now() + days * DAY;
    return keyRecord(1, { expires_at: ends_at, secrets: [{ digest: digestOf(KEY), ends_at }] });
  };
  await learn(until(30));
  const { headers } = await send(bearer(KEY));
  expect(parseInstant(headers['claviger-key-expires'] ?? '')).toBe(instant(clock.now() + 30 * DAY));
  await learn(until(31));
  expect((await send(bearer(KEY))).headers).toEqual({});
});

test('a rate limit and a stale verifier say when to come again (D10)', async () => {
  const { send, clock } = await guarded({ rate_limit: { requests: 1, per_seconds: 30 } });
  const policy = { 'ratelimit-policy': '"key";q=1;w=30' };
  expect((await send(bearer(KEY))).headers).toEqual({ ...policy, ratelimit: '"key";r=0;t=30' });
  expect(await send(bearer(KEY))).toMatchObject({
    status: 429,
    headers: { ...policy, 'retry-after': '30', ratelimit: '"key";r=0;t=30' },
    body: { code: 'rate_limited', retry_after_seconds: 30 },
  });
  Object.assign(clock, { monotonicMs: () => Number.POSITIVE_INFINITY });
  const stale = await send(bearer(KEY));
  expect(stale).toMatchObject({ status: 503, headers: { 'retry-after': '5' }, body: { code: 'stale' } });
  expect(stale.headers['www-authenticate']).toBeUndefined();
});

test('a write-only key does no more than ingest, and only it may come in a URL (K1, D11)', async () => {
  const { send, misplaced } = await guarded();
  expect(await send(bearer(WRITE_KEY), { operation: 'query', resource: () => 'database:sales' })).toMatchObject({
    status: 403,
    body: { code: 'write_only_key' },
  });
  expect(await send([], INGEST, `/?write_key=${WRITE_KEY}`)).toMatchObject({ decision: { isAllowed: true } });
  expect((await send(['X-Write-Key', WRITE_KEY], INGEST)).decision?.isAllowed).toBe(true);
  expect(await send([], IMPORT, `/?write_key=${WRITE_KEY}`)).toMatchObject({ status: 401 });
  expect(await send([], INGEST, `/?write_key=${KEY}`)).toMatchObject({
    isAnswered: true,
    decision: null,
    status: 403,
    body: { code: 'insufficient_permission' },
  });
  expect(misplaced).toEqual([keyIdNumber(1)]);
});

test('two Origin headers are none, which a key bound to origins does not get past (D15)', async () => {
  const { send } = await guarded({ allowed_origins: ['https://a.example'] });
  const origin = ['Origin', 'https://a.example'];
  expect((await send([...bearer(KEY), ...origin])).decision?.isAllowed).toBe(true);
  expect(await send([...bearer(KEY), ...origin, ...origin])).toMatchObject({ status: 403 });
  expect(await send(bearer(KEY))).toMatchObject({ status: 403, body: { code: 'origin_not_allowed' } });
});

test('a route that asks for any good key gets the kind and the permissions to decide by', async () => {
  const { send } = await guarded();
  const { decision } = await send(bearer(WRITE_KEY), { operation: null });
  expect(decision).toMatchObject({ isAllowed: true, key: { kind: 'write_only' } });
  expect(decision?.permissions).toEqual([{ resourceType: 'database', operation: 'import', ids: ['*'] }]);
});
