import type { KeyObject } from '@claviger/contract';
import type { Random } from '../support/random.ts';
import {
  covers,
  DATABASES,
  expectEvent,
  type HeldKey,
  type Model,
  mayManage,
  OPERATIONS,
  type Person,
  type Right,
  rightsOf,
} from './facts.ts';
import { listKeys } from './listing.ts';
import { pickCredential, type Plan } from './move.ts';
import { stopKnownKeys } from './people-moves.ts';
import type { World } from './world.ts';

const PEOPLE_FEWEST = 5;

/** Deletes a user: the keys go too, or pass to somebody else and can do no more than before (U4). */
export const deleteUser: Plan = async (world, random) => {
  const { model } = world;
  const credential = await pickCredential(world, random);
  if (credential?.kind !== 'session') return null;
  const { person } = credential;
  const target = pickLeaver(model, random, person);
  if (target === null) return null;
  const newOwner = random.below(3) === 0 ? null : pickNewOwner(model, random, person, target);
  const isWidening = newOwner !== null && person.type === 'owner' && random.below(4) === 0;
  const keys = keysOf(model, target);
  const could = new Map(keys.map((key) => [key.id, rightsNow(model, key, target)]));
  const choice = newOwner === null ? { keys: 'delete' } : { keys: 'reassign', new_owner_id: newOwner.id };
  return {
    credential,
    method: 'POST',
    path: `/v1/users/${target.id}/delete`,
    body: { ...choice, ...(isWidening ? { widen: true } : {}) },
    refusal: person.type === 'restricted' ? 'not_allowed' : null,
    apply: async () => {
      leave(model, target);
      if (newOwner === null) for (const key of keys) key.isDeleted = true;
      else for (const key of keys) passOn(key, target, newOwner);
      expectEvent(model, newOwner === null ? 'key.deleted' : 'key.reassigned', keys.length);
      if (newOwner !== null) await takeNarrowings(world, random, { keys, could, isWidening });
      return null;
    },
  };
};

/** The former owner may still know the secret: to the new one the key counts as known to somebody else (U3). */
function passOn(key: HeldKey, from: Person, to: Person): void {
  key.ownerId = to.id;
  key.makers.push({ userId: from.id, keyId: null });
}

/** Services come and go; of people a few always stay. Whoever is disabled stays too: what becomes of their keys is another test's. */
function pickLeaver(model: Model, random: Random, actor: Person): Person | null {
  const people = [...model.people.values()];
  const mayPeopleLeave = people.filter(({ isService }) => !isService).length > PEOPLE_FEWEST;
  const leavers = people.filter(
    (person) =>
      person.type !== 'owner' &&
      person.id !== actor.id &&
      !person.isDisabled &&
      (person.isService || mayPeopleLeave) &&
      (mayManage(actor, person) || actor.type === 'restricted'),
  );
  // What strangers are told is every other move's: here a restricted caller is stopped before anything is looked at.
  return leavers.length === 0 ? null : random.pick(leavers);
}

function pickNewOwner(model: Model, random: Random, actor: Person, leaver: Person): Person | null {
  const owners = [...model.people.values()].filter(
    (person) => person.id !== leaver.id && !person.isDisabled && mayManage(actor, person),
  );
  return owners.length === 0 ? null : random.pick(owners);
}

function leave(model: Model, person: Person): void {
  expectEvent(model, 'policy.detached', person.policies.size);
  for (const other of model.people.values()) {
    if (!other.contacts.delete(person.id)) continue;
    expectEvent(model, 'user.changed');
  }
  model.people.delete(person.id);
  expectEvent(model, 'user.deleted');
}

function keysOf(model: Model, person: Person): readonly HeldKey[] {
  return [...model.keys.values()].filter((key) => key.ownerId === person.id && !key.isDeleted);
}

const ALL_RIGHTS: readonly Right[] = OPERATIONS.flatMap((operation) =>
  [...DATABASES, '*'].map((database) => ({ operation, database })),
);

/** Everything that a key could do with an owner, one right after the other. */
function rightsNow(model: Model, key: HeldKey, owner: Person): ReadonlySet<Right> {
  const held = rightsOf(model, owner);
  return new Set(
    ALL_RIGHTS.filter(
      (right) =>
        isOfKind(key, right) && covers(held, right) && (key.permissions === null || covers(key.permissions, right)),
    ),
  );
}

function isOfKind(key: HeldKey, right: Right): boolean {
  return key.kind === 'master' || right.operation === 'import';
}

/** How the server writes a narrowing down is its own choice; that it says exactly what the key could do before is not. */
async function takeNarrowings(
  world: World,
  random: Random,
  {
    keys,
    could,
    isWidening,
  }: {
    readonly keys: readonly HeldKey[];
    readonly could: ReadonlyMap<string, ReadonlySet<Right>>;
    readonly isWidening: boolean;
  },
): Promise<void> {
  // Nobody asks with one of them until it is known what it was narrowed to.
  if (!isWidening) for (const key of keys) key.permissions = [];
  const listed = await listKeys(world, random);
  for (const key of keys) {
    const listedKey = listed.get(key.id);
    const shown = narrowingOf(listedKey);
    if (isWidening) {
      if (JSON.stringify(listedKey?.permissions) !== JSON.stringify(key.shownPermissions))
        throw new Error(`${key.id} was widened and narrowed`);
      continue;
    }
    const before = could.get(key.id) ?? new Set();
    for (const right of ALL_RIGHTS) {
      const may = isOfKind(key, right) && (shown === null || covers(shown, right));
      if (may !== before.has(right)) {
        throw new Error(`${key.id} may now ${JSON.stringify(right)}: ${may}, before: ${before.has(right)}`);
      }
    }
    key.permissions = shown;
    key.shownPermissions = listedKey?.permissions ?? null;
  }
}

function narrowingOf(shown: KeyObject | undefined): readonly Right[] | null {
  if (shown === undefined) throw new Error('a reassigned key is not listed');
  if (shown.permissions === null) return null;
  return shown.permissions.flatMap(({ operation, ids }) =>
    ids.map((database) => ({ operation: operation as Right['operation'], database })),
  );
}

/** Hands the account over: the old Owner becomes an administrator, and the new one's keys that others may know stop (U1, U3). */
export const handOver: Plan = async (world, random) => {
  const { model } = world;
  const credential = await pickCredential(world, random);
  if (credential?.kind !== 'session' || random.below(2) === 0) return null;
  const { person } = credential;
  const people = [...model.people.values()].filter((other) => !other.isDisabled && !other.isService);
  const target = random.pick(people);
  return {
    credential,
    method: 'POST',
    path: '/v1/account/hand-over',
    body: { new_owner_id: target.id },
    refusal: person.type === 'owner' ? null : 'owner_only',
    apply: () => {
      if (target.id === person.id) return null;
      person.type = 'administrator';
      stopKnownKeys(model, target);
      target.type = 'owner';
      expectEvent(model, 'user.type_changed', 2);
      return null;
    },
  };
};
