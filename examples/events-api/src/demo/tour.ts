import { type Answer, type Call, makeCall } from './transcript.ts';

/** Where the tour's servers listen, and what it signs up with. */
export type TourSetting = {
  readonly controlPlane: string;
  readonly eventsApi: string;
  readonly setupToken: string;
  readonly owner: { readonly email: string; readonly name: string; readonly password: string };
};

type Keys = { readonly master: string; readonly masterId: string; readonly writeOnly: string };
type Run = (call: Call, expected: { readonly status: number; readonly code?: string }) => Promise<Answer>;

/**
 * The scripted tour: set up an account, create a user with its two keys, ingest with the write-only key, be refused reading
 * with it, read with the master key, force-expire that, be refused. Throws when an answer is not the promised one.
 */
export async function runTour(setting: TourSetting, print: (line: string) => void): Promise<void> {
  const run: Run = async (call, expected) => {
    const answer = await makeCall(call, print);
    const isExpected =
      answer.status === expected.status && (expected.code ?? answer.body['code']) === answer.body['code'];
    if (!isExpected) throw new Error(`"${call.title}" should have answered ${JSON.stringify(expected)}`);
    return answer;
  };
  const owner = await setUp(setting, run);
  const shop = await createUser(setting, owner, run);
  await useKeys(setting, shop, run);
  await endKey(setting, { owner, shop }, run);
}

async function setUp(setting: TourSetting, run: Run): Promise<Keys> {
  const { controlPlane, setupToken, owner } = setting;
  const body = { token: setupToken, account: { name: 'Demo shop' }, owner };
  const title = "Set up: the account, its Owner, and the Owner's two keys";
  return keysOf(
    await run({ title, method: 'POST', url: `${controlPlane}/v1/setup`, key: null, body }, { status: 201 }),
  );
}

async function createUser(setting: TourSetting, owner: Keys, run: Run): Promise<Keys> {
  const { controlPlane } = setting;
  const users: Call = {
    title: 'Create a user (a service account): one master and one write-only key come with it',
    method: 'POST',
    url: `${controlPlane}/v1/users`,
    key: owner.master,
    body: { name: 'Web shop', service_account: true },
  };
  const created = await run(users, { status: 201 });
  const policies: Call = {
    title: 'Create a policy: what the web shop may do',
    method: 'POST',
    url: `${controlPlane}/v1/policies`,
    key: owner.master,
    body: {
      name: 'Shop events',
      permissions: [
        { resource_type: 'database', operation: 'import', ids: ['shop'] },
        { resource_type: 'database', operation: 'query', ids: ['shop'] },
      ],
    },
  };
  const policy = await run(policies, { status: 201 });
  const userId = textAt(created.body['user'], 'id');
  const url = `${controlPlane}/v1/policies/${textAt(policy.body, 'id')}/users/${userId}`;
  await run({ title: 'Attach it', method: 'PUT', url, key: owner.master, body: {} }, { status: 200 });
  return keysOf(created);
}

async function useKeys(setting: TourSetting, shop: Keys, run: Run): Promise<void> {
  const url = `${setting.eventsApi}/v1/events/shop/orders`;
  const events = [
    { name: 'order', time: '2026-11-23T09:00:00.000Z', properties: { total: 42 } },
    { name: 'refund', time: '2026-11-23T09:05:00.000Z', properties: { total: 7 } },
  ];
  const body = { events };
  const ingest = 'Ingest two events with the write-only key: the example API asks Claviger, and takes them';
  await run({ title: ingest, method: 'POST', url, key: shop.writeOnly, body }, { status: 202 });
  const query = `${url}?name=order`;
  const refused = 'Read with the write-only key: refused';
  await run(
    { title: refused, method: 'GET', url: query, key: shop.writeOnly },
    { status: 403, code: 'write_only_key' },
  );
  await run({ title: 'Read with the master key', method: 'GET', url: query, key: shop.master }, { status: 200 });
}

async function endKey(setting: TourSetting, keys: { owner: Keys; shop: Keys }, run: Run): Promise<void> {
  const forceExpire: Call = {
    title: 'Force-expire the master key: it is dead when this answers',
    method: 'POST',
    url: `${setting.controlPlane}/v1/keys/${keys.shop.masterId}/force-expire`,
    key: keys.owner.master,
    body: { reason: 'compromised', note: 'seen in a public repository' },
  };
  await run(forceExpire, { status: 200 });
  const url = `${setting.eventsApi}/v1/events/shop/orders?name=order`;
  const title = 'Read with it again: expired, and where to get another one';
  await run({ title, method: 'GET', url, key: keys.shop.master }, { status: 401, code: 'key_expired' });
}

function keysOf(answer: Answer): Keys {
  const listed: unknown = answer.body['keys'];
  if (!Array.isArray(listed)) throw new Error('the answer has no keys');
  const keys: readonly unknown[] = listed;
  const master = keys.find((key) => textAt(key, 'kind') === 'master');
  const writeOnly = keys.find((key) => textAt(key, 'kind') === 'write_only');
  return { master: textAt(master, 'secret'), masterId: textAt(master, 'id'), writeOnly: textAt(writeOnly, 'secret') };
}

function textAt(value: unknown, name: string): string {
  const found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  if (typeof found !== 'string') throw new Error(`the answer has no "${name}"`);
  return found;
}
