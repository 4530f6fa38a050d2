import type { KeyObject } from '@claviger/contract';
import { secretOf } from './api-client.ts';
import type { ControlConnection } from './control-connection.ts';
import { attach, createKey, createPolicy, createServiceAccount, SALES } from './grants.ts';
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

type Step<At> = (owner: ControlConnection, at: At) => Promise<unknown>;

/** Ends that cannot be taken back: every round has a key of its own. */
export function onNewKeys(title: string, code: string, take: Step<KeyObject>): KindOfLoss {
  const prepare =
    async ({ owner }: World) =>
    async (): Promise<RightToLose> => {
      const key = await createKey(owner);
      return { asked: { ...SALES, key: secretOf(key) }, takeAway: () => take(owner, key) };
    };
  return { title, code, prepare };
}

type Steps<At> = { readonly give: Step<At>; readonly take: Step<At> };

/** What is given back and taken away again, to and from one key. */
export function onOneKey(title: string, code: string, { give, take }: Steps<KeyObject>): KindOfLoss {
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

/** The same for a service account with one policy. */
export function onServiceAccount(title: string, code: string, { give, take }: Steps<Service>): KindOfLoss {
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

/** The client's address, on a list and off it again. The entries are for keys alone, so that nobody is locked out (I5). */
export async function onAllowlist(
  openSession: World['openSession'],
  pathFor: (key: KeyObject) => string,
): Promise<() => Promise<RightToLose>> {
  const session = await openSession();
  const key = await createKey(session);
  const asked = { ...SALES, key: secretOf(key), ip: CLIENT_ADDRESS };
  const letIn = (cidr: string): Promise<unknown> =>
    session.call('PUT', pathFor(key), { entries: [{ cidr, scope: 'api_key_only' }] });
  return async () => {
    await letIn(CLIENT_ADDRESS);
    return { asked, takeAway: () => letIn('198.51.100.0/24') };
  };
}

/** The end of a user, over a session of the Owner (U8): every round has a service account with a policy, and a key of its own. */
export function onLeavingUsers(
  title: string,
  code: string,
  bodyFor: (owner: ControlConnection) => Promise<unknown>,
): KindOfLoss {
  const prepare = async ({ owner, openSession }: World) => {
    const session = await openSession();
    const body = await bodyFor(owner);
    const policyId = await createPolicy(owner);
    return async (): Promise<RightToLose> => {
      const { userId, secret } = await createServiceAccount(owner);
      await attach(owner, policyId, userId);
      const takeAway = (): Promise<unknown> => session.call('POST', `/v1/users/${userId}/delete`, body);
      return { asked: { ...SALES, key: secret }, takeAway };
    };
  };
  return { title, code, prepare };
}
