import type { KeyWithSecretObject } from '@claviger/contract';
import { secretOf } from './api-client.ts';
import {
  attach,
  createKey,
  createPolicy,
  createServiceAccount,
  SALES,
  SALES_PERMISSION,
  setPermissions,
} from './grants.ts';
import {
  type KindOfLoss,
  onAllowlist,
  onLeavingUsers,
  onNewKeys,
  onOneKey,
  onServiceAccount,
} from './rights-to-lose.ts';

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
  onLeavingUsers('delete the owner with the keys', 'not_found', async () => ({ keys: 'delete' })),
  onLeavingUsers(
    'delete the owner and reassign the keys to who has less',
    'insufficient_permission',
    async (owner) => ({
      keys: 'reassign',
      new_owner_id: (await createServiceAccount(owner)).userId,
    }),
  ),
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
  // Last, in this order: what they leave behind lets no key in any more.
  {
    title: "shrink the account's IP allowlist",
    code: 'ip_not_allowed',
    prepare: ({ openSession }) => onAllowlist(openSession, () => '/v1/ip-allowlist'),
  },
  {
    title: "shrink the owner's IP allowlist",
    code: 'ip_not_allowed',
    prepare: ({ openSession }) => onAllowlist(openSession, ({ owner_id }) => `/v1/users/${owner_id}/ip-allowlist`),
  },
];
