import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyWithSecretObject, PolicyObject } from '@claviger/contract';
import { keyOfKind, type Owner, setUp } from './api-client.ts';
import { type Claviger, type ClavigerOptions, startClaviger } from './claviger-process.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

/** Which calls of the events API are what: the rules of the proxy (D9). */
const ROUTE_RULES = {
  unmatched: 'refuse',
  rules: [
    { method: 'POST', path: '/v1/events/:database/:table', operation: 'import', resource: 'database::database' },
    { method: 'GET', path: '/v1/events/:database/:table', operation: 'query', resource: 'database::database' },
  ],
};

/** An installation whose data plane knows the events API, and a service account that may import into and query `shop`. */
export type GuardedShop = {
  readonly claviger: Claviger;
  readonly owner: Owner;
  readonly shop: {
    readonly userId: string;
    readonly master: KeyWithSecretObject;
    readonly writeOnly: KeyWithSecretObject;
  };
  delete(): Promise<void>;
};

/** Starts it. */
export async function startGuardedShop(options: ClavigerOptions = {}): Promise<GuardedShop> {
  const folder = makeTemporaryFolder('routes');
  const routes = join(folder.path, 'routes.json');
  writeFileSync(routes, JSON.stringify(ROUTE_RULES));
  const claviger = await startClaviger({ settings: { ...options.settings, CLAVIGER_ROUTES: routes } });
  const owner = await setUp(claviger.control);
  const account = { name: 'Shop', service_account: true };
  const made = await owner.api.must<{ user: { id: string }; keys: KeyWithSecretObject[] }>('POST', '/v1/users', {
    body: account,
  });
  const permissions = ['import', 'query'].map((operation) => ({ resource_type: 'database', operation, ids: ['shop'] }));
  const policy = await owner.api.must<PolicyObject>('POST', '/v1/policies', { body: { name: 'Shop', permissions } });
  await owner.api.must('PUT', `/v1/policies/${policy.id}/users/${made.user.id}`, { body: {} });
  const shop = {
    userId: made.user.id,
    master: keyOfKind(made.keys, 'master'),
    writeOnly: keyOfKind(made.keys, 'write_only'),
  };
  return {
    claviger,
    owner,
    shop,
    delete: async () => {
      await claviger.delete();
      folder.delete();
    },
  };
}
