import type { KeyObject, KeyWithSecretObject } from '@claviger/contract';
import { afterEach, describe, expect, test } from 'vitest';
import { apiWithKey, type Api, secretOf, setUp } from './support/api-client.ts';
import { type Claviger, startClaviger } from './support/claviger-process.ts';
import { type FalseClock, makeFalseClock, passTime } from './support/false-clock.ts';
import { verifyOnce } from './support/verify-client.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Zones whose clocks do what clocks do: both edges of summer time, half an hour of it, none at all, a day skipped. */
const ZONES: readonly { readonly zone: string; readonly edges: readonly string[] }[] = [
  { zone: 'Europe/Berlin', edges: ['2028-03-26T01:00:00.000Z', '2028-10-29T01:00:00.000Z'] },
  { zone: 'America/New_York', edges: ['2028-03-12T07:00:00.000Z', '2028-11-05T06:00:00.000Z'] },
  { zone: 'Australia/Lord_Howe', edges: ['2028-04-01T15:00:00.000Z', '2028-09-30T15:30:00.000Z'] },
  { zone: 'Asia/Kolkata', edges: ['2028-02-28T18:30:00.000Z', '2028-02-29T18:30:00.000Z'] },
  { zone: 'Pacific/Apia', edges: ['2028-02-29T11:00:00.000Z', '2028-12-31T11:00:00.000Z'] },
];

/** A server whose clock the test sets. */
type Clocked = { readonly claviger: Claviger; readonly clock: FalseClock; readonly api: Api };

const opened: { readonly claviger: Claviger; readonly clock: FalseClock }[] = [];
afterEach(async () => {
  for (const { claviger, clock } of opened.splice(0)) {
    await claviger.delete();
    clock.delete();
  }
});

async function startAt(
  at: number,
  how: { readonly hasSteadyCounter?: boolean; readonly zone?: string },
): Promise<Clocked> {
  const clock = makeFalseClock(at, how);
  const claviger = await startClaviger({ settings: clock.settings });
  opened.push({ claviger, clock });
  const owner = await setUp(claviger.control);
  return { claviger, clock, api: apiWithKey(claviger.control, secretOf(owner.master)) };
}

const createKey = (api: Api, lifespanDays: number | null): Promise<KeyWithSecretObject> =>
  api.must('POST', '/v1/keys', { body: { kind: 'master', name: 'Timed', lifespan_days: lifespanDays } });

async function codeOf(claviger: Claviger, key: KeyWithSecretObject): Promise<string> {
  return (await verifyOnce(claviger, { key: secretOf(key), authenticate_only: true })).code;
}

/** Sets the clock, as time passes: the counter has moved along, so the verifier must hear from its feed again first. */
async function passTo({ claviger, clock }: Clocked, at: number): Promise<void> {
  await passTime(clock, at, async () => (await codeOf(claviger, UNKNOWN)) === 'not_found');
}

/** A text that looks like a key and is none: its verdict tells only whether the verifier is stale. */
const UNKNOWN = { secret: 'a-text-of-another-system-that-nobody-has' } as unknown as KeyWithSecretObject;

describe.each(ZONES)('in $zone', ({ zone, edges }) => {
  test.each(edges)('a key lives its days of 86,400 s to the millisecond over %s (E1, E4, E9)', async (edge) => {
    // A day and a half before the edge: a lifespan of two days reaches over it, whatever the wall shows.
    const start = Date.parse(edge) - 1.5 * DAY_MS + 7;
    const server = await startAt(start, { zone });
    const key = await createKey(server.api, 2);
    const end = start + 2 * DAY_MS;
    expect([key.created_at, key.expires_at]).toEqual([new Date(start).toISOString(), new Date(end).toISOString()]);
    await passTo(server, end - 1);
    expect(await codeOf(server.claviger, key)).toBe('allowed');
    await passTo(server, end);
    expect(await codeOf(server.claviger, key)).toBe('expired');
    const shown = await server.api.must<KeyObject>('GET', `/v1/keys/${key.id}`);
    expect([shown.status, shown.expired_by]).toEqual(['expired', 'lifespan']);
  });
});

test('a year from a 29 February is 365 days, and a day is one from 2038 on too (E1)', async () => {
  const leapDay = Date.UTC(2028, 1, 29, 12);
  const server = await startAt(leapDay, {});
  expect((await createKey(server.api, 365)).expires_at).toBe('2029-02-28T12:00:00.000Z');
  const late = await startAt(Date.UTC(2038, 0, 19, 3, 14, 7, 999), {});
  const key = await createKey(late.api, 1);
  expect(key.expires_at).toBe('2038-01-20T03:14:07.999Z');
  await passTo(late, Date.parse('2038-01-20T03:14:07.999Z'));
  expect(await codeOf(late.claviger, key)).toBe('expired');
});

test('a key that died stays dead when the clock goes back by an hour, a day or a year, also over a restart (E9)', async () => {
  const start = Date.UTC(2028, 5, 1);
  const server = await startAt(start, {});
  const { claviger, clock, api } = server;
  const key = await createKey(api, 1);
  await passTo(server, start + DAY_MS + HOUR_MS);
  expect(await codeOf(claviger, key)).toBe('expired');
  // A change keeps the time: from here on decision time is never before it.
  await createKey(api, null);
  for (const backMs of [2 * HOUR_MS, DAY_MS + 2 * HOUR_MS, 365 * DAY_MS]) {
    await claviger.stop();
    clock.set(start + DAY_MS + HOUR_MS - backMs);
    await claviger.restart();
    expect(await codeOf(claviger, key)).toBe('expired');
    expect((await api.must<KeyObject>('GET', `/v1/keys/${key.id}`)).status).toBe('expired');
    // Nor does a key that is made now live longer for it: its day is counted from where time stood.
    expect((await createKey(api, 1)).expires_at).toBe(new Date(start + 2 * DAY_MS + HOUR_MS).toISOString());
  }
});

test('a clock that is a day ahead for a while ends keys for as long, and none for good (E9)', async () => {
  const start = Date.UTC(2028, 5, 1);
  const server = await startAt(start, { hasSteadyCounter: true });
  const { claviger, clock, api } = server;
  const key = await createKey(api, 1);
  clock.set(start + DAY_MS + MINUTE_MS);
  expect(await codeOf(claviger, key)).toBe('expired');
  // What is done meanwhile must not make the bad time true.
  await createKey(api, null);
  expect(claviger.log()).toContain('clock_jump');
  clock.set(start + SECOND_MS);
  expect(await codeOf(claviger, key)).toBe('allowed');
  await claviger.stop();
  await claviger.restart();
  expect(await codeOf(claviger, key)).toBe('allowed');
  expect((await api.must<KeyObject>('GET', `/v1/keys/${key.id}`)).status).toBe('expiring');
});
