import type { KeyWithSecretObject, PolicyObject } from '@claviger/contract';
import { keyOfKind, secretOf } from './api-client.ts';
import type { ControlConnection } from './control-connection.ts';

/** What the keys of these tests want to do. */
export const SALES = { operation: 'query', resource: 'database:sales' };
/** The permission for it. */
export const SALES_PERMISSION = { resource_type: 'database', operation: 'query', ids: ['sales'] };

/** Creates a service account that may do nothing yet. */
export async function createServiceAccount(
  owner: ControlConnection,
): Promise<{ readonly userId: string; readonly secret: string }> {
  const body = { name: 'A service', service_account: true };
  const made = await owner.call<{ user: { id: string }; keys: KeyWithSecretObject[] }>('POST', '/v1/users', body);
  return { userId: made.user.id, secret: secretOf(keyOfKind(made.keys, 'master')) };
}

/** Attaches a policy to a user. */
export async function attach(owner: ControlConnection, policyId: string, userId: string): Promise<void> {
  await owner.call('PUT', `/v1/policies/${policyId}/users/${userId}`, {});
}

/** Creates a master key of the caller. */
export function createKey(owner: ControlConnection): Promise<KeyWithSecretObject> {
  return owner.call<KeyWithSecretObject>('POST', '/v1/keys', { kind: 'master', name: 'To be ended' });
}

/** Creates a policy that permits to query sales. */
export async function createPolicy(owner: ControlConnection): Promise<string> {
  const body = { name: 'Sales', permissions: [SALES_PERMISSION] };
  return (await owner.call<PolicyObject>('POST', '/v1/policies', body)).id;
}

/** Sets what a policy permits. */
export function setPermissions(
  owner: ControlConnection,
  id: string,
  permissions: readonly unknown[],
): Promise<unknown> {
  return owner.call('PUT', `/v1/policies/${id}/permissions`, { permissions });
}
