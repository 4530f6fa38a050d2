import type { KeyObject, KeyWithSecretObject } from '@claviger/contract';
import { secretOf } from './api-client.ts';
import type { ControlConnection } from './control-connection.ts';
import {
  attach,
  createKey,
  createPolicy,
  createServiceAccount,
  SALES,
  SALES_PERMISSION,
  setPermissions,
} from './grants.ts';
import type { Asked } from './verify-client.ts';

/** A key that works, and the change that stops it. */
export type RightToLose = {
  readonly asked: Asked;
  readonly takeAway: () => Promise<unknown>;
};

/** One kind of change that takes rights away; `next` makes a key work (again), for the next round. */
export type KindOfLoss = {
  readonly title: string;
  /** The code that the key answers once the change is in force. */
  readonly code: string;
  readonly prepare: (world: World) => Promise<() => Promise<RightToLose>>;
};

/** What the kinds work with: the Owner's master key, new sessions of the Owner, and an administrator with a key of their own making. */
export type World = {
  readonly owner: ControlConnection;
  /** Signs the Owner in: changing a type needs fresh proof (U8). */
  readonly openSession: () => Promise<ControlConnection>;
  readonly administrator: { readonly userId: string; readonly secret: string };
};

const CLIENT_ADDRESS = '203.0.113.7';

/** All changes of the API that can take a right from a key. */
export const KINDS_OF_LOSS: readonly KindOfLoss[] = [
  onNewKeys('force-expire', 'expired', (owner, key) =>
    owner.call('POST', `/v1/keys/${key.id}/force-expire`, { reason: 'compromised' }),
  ),
  onNewKeys('delete', 'not_found', (owner, key) => owner.call('DELETE', `/v1/keys/${key.id}`)),
  onNewKeys('rotate without overlap', 'expired', (owner, key) =>
    owner.call('POST', `/v1/keys/${key.id}/rotate`, { overlap_seconds: 0 }),
  ),
  {
    title: 'end an overlap',
    code: 'expired',
    prepare: async ({ owner }) => {
      let key = await createKey(owner);
      return async () => {
        const former = secretOf(key);
        key = await owner.call<KeyWithSecretObject>('POST', `/v1/keys/${key.id}/rotate`, { overlap_seconds: 3600 });
        const { id } = key;
        return {
          asked: { ...SALES, key: former },
          takeAway: () => owner.call('POST', `/v1/keys/${id}/rotate/finish`, {}),
        };
      };
    },
  },
  onOneKey('disable', 'disabled', {
    give: (owner, { id }) => owner.call('POST', `/v1/keys/${id}/enable`, {}),
    take: (owner, { id }) => owner.call('POST', `/v1/keys/${id}/disable`, {}),
  }),
  onOneKey('narrow the permissions', 'insufficient_permission', {
    give: (owner, { id }) => owner.call('PATCH', `/v1/keys/${id}`, { permissions: null }),
    take: (owner, { id }) => owner.call('PATCH', `/v1/keys/${id}`, { permissions: [] }),
  }),
  onOneKey('shrink the allowed addresses', 'ip_not_allowed', {
    give: (owner, { id }) => owner.call('PATCH', `/v1/keys/${id}`, { allowed_ips: [] }),
    take: (owner, { id }) => owner.call('PATCH', `/v1/keys/${id}`, { allowed_ips: ['198.51.100.0/24'] }),
  }),
  onServiceAccount('disable the owner', 'owner_disabled', {
    give: (owner, { userId }) => owner.call('PATCH', `/v1/users/${userId}`, { disabled: false }),
    take: (owner, { userId }) => owner.call('PATCH', `/v1/users/${userId}`, { disabled: true }),
  }),
  onServiceAccount('detach a policy', 'insufficient_permission', {
    give: (owner, { userId, policyId }) => attach(owner, policyId, userId),
    take: (owner, { userId, policyId }) => owner.call('DELETE', `/v1/policies/${policyId}/users/${userId}`),
  }),
  onServiceAccount('edit a policy', 'insufficient_permission', {
    give: (owner, at) => setPermissions(owner, at.policyId, [SALES_PERMISSION]),
    take: (owner, at) => setPermissions(owner, at.policyId, []),
  }),
  {
    title: 'delete a policy',
    code: 'insufficient_permission',
    prepare: async ({ owner }) => {
      const { userId, secret } = await createServiceAccount(owner);
      return async () => {
        const policyId = await createPolicy(owner);
        await attach(owner, policyId, userId);
        return { asked: { ...SALES, key: secret }, takeAway: () => owner.call('DELETE', `/v1/policies/${policyId}`) };
      };
    },
  },
  {
    title: 'change the type',
    code: 'insufficient_permission',
    prepare: async ({ openSession, administrator }) => {
      const session = await openSession();
      const path = `/v1/users/${administrator.userId}`;
      return async () => {
        await session.call('PATCH', path, { user_type: 'administrator' });
        const takeAway = (): Promise<unknown> => session.call('PATCH', path, { user_type: 'restricted' });
        return { asked: { ...SALES, key: administrator.secret }, takeAway };
      };
    },
  },
];

type Step<At> = (owner: ControlConnection, at: At) => Promise<unknown>;

/** Ends that cannot be taken back: every round has a key of its own. */
function onNewKeys(title: string, code: string, take: Step<KeyObject>): KindOfLoss {
  const prepare =
    async ({ owner }: World) =>
    async (): Promise<RightToLose> => {
      const key = await createKey(owner);
      return { asked: { ...SALES, key: secretOf(key) }, takeAway: () => take(owner, key) };
    };
  return { title, code, prepare };
}

type Steps<At> = { readonly give: Step<At>; readonly take: Step<At> };

function onOneKey(title: string, code: string, { give, take }: Steps<KeyObject>): KindOfLoss {
  const prepare = async ({ owner }: World) => {
    const key = await createKey(owner);
    const asked = { ...SALES, key: secretOf(key), ip: CLIENT_ADDRESS };
    return async (): Promise<RightToLose> => {
      await give(owner, key);
      return { asked, takeAway: () => take(owner, key) };
    };
  };
  return { title, code, prepare };
}

type Service = { readonly userId: string; readonly policyId: string };

function onServiceAccount(title: string, code: string, { give, take }: Steps<Service>): KindOfLoss {
  const prepare = async ({ owner }: World) => {
    const { userId, secret } = await createServiceAccount(owner);
    const service = { userId, policyId: await createPolicy(owner) };
    await attach(owner, service.policyId, userId);
    const asked = { ...SALES, key: secret };
    return async (): Promise<RightToLose> => {
      await give(owner, service);
      return { asked, takeAway: () => take(owner, service) };
    };
  };
  return { title, code, prepare };
}
