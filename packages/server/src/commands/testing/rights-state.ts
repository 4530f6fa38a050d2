import assert from 'node:assert/strict';
import {
  hasExpired,
  type Instant,
  isAdministrative,
  type Permissions,
  type ResourceCatalogue,
  statusOf,
  unionOf,
} from '@claviger/core';
import type { FoundSecret, Key, Policy, User } from '@claviger/storage';
import type { Intrigue, Made, Move } from './intrigue.ts';

/** Everything that rights follow from, and what has become of every secret that anybody ever learnt. */
export type State = {
  readonly users: ReadonlyMap<string, User>;
  readonly policies: ReadonlyMap<string, Policy>;
  readonly keys: ReadonlyMap<string, Key>;
  readonly secrets: readonly (FoundSecret | null)[];
  readonly catalogue: ResourceCatalogue;
  readonly now: Instant;
};

/** A move, what came of it, and how things were before and after. */
export type Step = {
  readonly intrigue: Intrigue;
  readonly move: Move;
  readonly made: Made;
  readonly before: State;
  readonly after: State;
};

/** Operations and names that tell one list of permissions from another. */
export const PROBES = ['query', 'edit', 'import', 'download', 'manage'].flatMap((operation) =>
  ['a', 'ab', 'abc', 'b', 'z'].map((name) => ({ operation, name })),
);

/** What a list permits, told anew and slowly: the default catalogue, in which `manage` includes everything (P2, P3). */
export function permits(held: Permissions, { operation, name }: (typeof PROBES)[number]): boolean {
  if (held === 'everything') return true;
  return held.some((permission) => {
    const isOperation = permission.operation === operation || permission.operation === 'manage';
    return (
      isOperation && permission.ids.some((id) => id === name || (id.endsWith('*') && name.startsWith(id.slice(0, -1))))
    );
  });
}

/** What a user may do. */
export function rightsIn({ users, policies }: State, ownerId: string): Permissions {
  const owner = users.get(ownerId) ?? assert.fail();
  if (isAdministrative(owner.userType)) return 'everything';
  return unionOf(owner.policyIds.map((id) => policies.get(id)?.permissions ?? []));
}

/** Whether whoever presents a secret is let in. */
export function isWorking({ key, isCurrent, endsAt }: FoundSecret, { users, now }: State): boolean {
  const end = isCurrent ? key.expiresAt : endsAt;
  const isEnded = end !== null && hasExpired(end, now);
  return statusOf(key, now).kind === 'active' && !isEnded && users.get(key.ownerId)?.disabledAt === null;
}

/** Reads all of it. */
export async function stateOf({ scene, learnt }: Intrigue): Promise<State> {
  const page = { cursor: null, limit: 100 };
  const { id } = scene.account;
  return scene.store.read(async (reader) => {
    const users = (await reader.users.list(id, null, page)).items;
    const policies = (await reader.policies.list(id, null, page)).items;
    const filter = { accountId: id, ownerIds: null, now: scene.now, reminderDays: scene.account.reminderDays };
    const keys = (await reader.keys.list(filter, page)).items;
    const secrets: (FoundSecret | null)[] = [];
    for (const { secret } of learnt) secrets.push(await reader.keys.findByDigest(scene.deps.digestOf(secret)));
    const catalogue = (await reader.accounts.find(id))?.catalogue ?? assert.fail();
    return { catalogue, users: byId(users), policies: byId(policies), keys: byId(keys), secrets, now: scene.now };
  });
}

function byId<T extends { readonly id: string }>(things: readonly T[]): ReadonlyMap<string, T> {
  return new Map(things.map((thing) => [thing.id, thing]));
}
