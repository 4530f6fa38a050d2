import type { KeyWithSecretObject, UserObject } from '@claviger/contract';
import {
  type Days,
  expectEvent,
  isDead,
  isLonger,
  keysKnownToOthers,
  type Kind,
  type Model,
  type Person,
  personOf,
  type Type,
} from './facts.ts';
import { pickRights, wireRights } from './key-moves.ts';
import { makerOf, type Move, pickCredential, type Plan, refusalOnUser } from './move.ts';
import { addAnsweredPerson, addKey, type Credential } from './world.ts';

type OnUser = { readonly model: Model; readonly credential: Credential; readonly target: Person };

const USERS_MOST = 14;
const isAdministrative = (person: Person): boolean => person.type !== 'restricted';
const pickPerson = (model: Model, random: { pick<T>(items: readonly T[]): T }): Person =>
  random.pick([...model.people.values()]);

/** Makes a service account with its two keys (U6, K2). */
export const createServiceAccount: Plan = async (world, random) => {
  const { model } = world;
  const credential = await pickCredential(world, random);
  if (credential === null || model.people.size >= USERS_MOST) return null;
  return {
    credential,
    method: 'POST',
    path: '/v1/users',
    body: { name: 'A service', service_account: true },
    refusal: isAdministrative(credential.person) ? null : 'not_allowed',
    apply: ({ body }) => {
      const made = body as unknown as { readonly user: UserObject; readonly keys: readonly KeyWithSecretObject[] };
      const service = addAnsweredPerson(model, made.user);
      for (const id of made.user.contacts) service.contacts.add(id);
      for (const shown of made.keys) addKey(model, shown, makerOf(credential));
      expectEvent(model, 'user.created');
      expectEvent(model, 'key.created', made.keys.length);
      return null;
    },
  };
};

/** Disables and enables a user (U3, U5). */
export const disableUser: Plan = async (world, random) => {
  const { model } = world;
  const credential = await pickCredential(world, random);
  if (credential === null) return null;
  const target = pickPerson(model, random);
  const isDisabled = random.below(3) === 0;
  return {
    credential,
    method: 'PATCH',
    path: `/v1/users/${target.id}`,
    body: { disabled: isDisabled },
    refusal: refusalOfDisabling({ model, credential, target }, isDisabled),
    apply: () => {
      if (target.isDisabled !== isDisabled) expectEvent(model, isDisabled ? 'user.disabled' : 'user.enabled');
      if (isDisabled && !target.isDisabled) target.timesDisabled += 1;
      target.isDisabled = isDisabled;
      return null;
    },
  };
};

function refusalOfDisabling({ credential, target }: OnUser, isDisabled: boolean): string | null {
  const hidden = refusalOnUser(credential.person, target, 'not_found');
  if (hidden !== null || target.isDisabled === isDisabled) return hidden;
  if (target.id === credential.person.id) return 'cannot_disable_yourself';
  return target.type === 'owner' ? 'owner_stays' : null;
}

/** Promotes and demotes (U3, U8): with a session only, and keys that others may know stop before their owner rises. */
export const changeType: Plan = async (world, random) => {
  const { model } = world;
  const credential = await pickCredential(world, random);
  if (credential === null) return null;
  const target = pickPerson(model, random);
  const to: Type = random.pick(['administrator', 'restricted']);
  return {
    credential,
    method: 'PATCH',
    path: `/v1/users/${target.id}`,
    body: { user_type: to },
    refusal: refusalOfType({ model, credential, target }, to),
    apply: () => {
      if (target.type === to) return null;
      if (to === 'administrator') stopKnownKeys(model, target);
      target.type = to;
      expectEvent(model, 'user.type_changed');
      return null;
    },
  };
};

function refusalOfType({ credential, target }: OnUser, to: Type): string | null {
  const { person } = credential;
  const hidden = refusalOnUser(person, target, 'not_found');
  if (hidden !== null) return hidden;
  if (credential.kind === 'key') return 'session_required';
  if (target.type === to) return null;
  if (target.type === 'owner') return 'owner_stays';
  if (person.type !== 'owner' && (person.type !== 'administrator' || target.type !== 'restricted'))
    return 'not_allowed';
  return target.isService ? 'service_account_stays_restricted' : null;
}

/** Keys that somebody else may know stop before their owner rises (U3). */
export function stopKnownKeys(model: Model, person: Person): void {
  for (const key of keysKnownToOthers(model, person)) {
    if (isDead(model, key) || key.disabled === 'promotion') continue;
    key.disabled = 'promotion';
    expectEvent(model, 'key.disabled');
  }
}

/** Sets the account's lifespans; existing keys stay as they are (E1, E2, E6). */
export const setPolicy: Plan = async (world, random) => {
  const { model } = world;
  const credential = await pickCredential(world, random);
  if (credential === null) return null;
  const to: Record<Kind, Days> = { master: pickDays(random), write_only: pickDays(random) };
  const mayOnlyShorten = random.pick(['as before', 'as before', true, false]);
  const isChangingThat = typeof mayOnlyShorten === 'boolean' && mayOnlyShorten !== model.usersMayOnlyShorten;
  return {
    credential,
    method: 'PUT',
    path: '/v1/expiration-policy',
    body: {
      master: { lifespan_days: to.master },
      write_only: { lifespan_days: to.write_only },
      ...(typeof mayOnlyShorten === 'boolean' ? { users_may_only_shorten: mayOnlyShorten } : {}),
    },
    refusal: !isAdministrative(credential.person)
      ? 'not_allowed'
      : isChangingThat && credential.person.type !== 'owner'
        ? 'owner_only'
        : null,
    apply: () => {
      const isSame = to.master === model.lifespans.master && to.write_only === model.lifespans.write_only;
      if (!isSame || isChangingThat) expectEvent(model, 'expiration_policy.changed');
      Object.assign(model.lifespans, to);
      if (typeof mayOnlyShorten === 'boolean') model.usersMayOnlyShorten = mayOnlyShorten;
      return null;
    },
  };
};

/** Sets or takes away one user's lifespans (E3). */
export const setUserPolicy: Plan = async (world, random) => {
  const { model } = world;
  const credential = await pickCredential(world, random);
  if (credential === null) return null;
  const target = pickPerson(model, random);
  const to: Person['own'] = {
    ...(random.below(2) === 0 ? { master: pickDays(random) } : {}),
    ...(random.below(2) === 0 ? { write_only: pickDays(random) } : {}),
  };
  return {
    credential,
    method: 'PUT',
    path: `/v1/users/${target.id}/expiration-policy`,
    body: Object.fromEntries(Object.entries(to).map(([kind, days]) => [kind, { lifespan_days: days }])),
    refusal: refusalOfUserPolicy({ model, credential, target }, to),
    apply: () => {
      if (!isSamePolicy(to, target.own)) expectEvent(model, 'expiration_policy.changed');
      target.own = to;
      return null;
    },
  };
};

function refusalOfUserPolicy({ model, credential, target }: OnUser, to: Person['own']): string | null {
  if (!isAdministrative(credential.person)) return 'not_allowed';
  const hidden = refusalOnUser(credential.person, target, 'not_found');
  if (hidden !== null || !model.usersMayOnlyShorten) return hidden;
  const isTooLong = (['master', 'write_only'] as const).some((kind) => {
    const days = to[kind];
    return days !== undefined && isLonger(days, model.lifespans[kind]);
  });
  return isTooLong ? 'users_may_only_shorten' : null;
}

function isSamePolicy(a: Person['own'], b: Person['own']): boolean {
  return a.master === b.master && a.write_only === b.write_only;
}

/** Makes a policy, or changes what one permits (P2, P4, P5). */
export const changePolicy: Plan = async (world, random) => {
  const { model } = world;
  const credential = await pickCredential(world, random);
  if (credential === null) return null;
  const permissions = pickRights(random);
  const refusal = isAdministrative(credential.person) ? null : 'not_allowed';
  const ids = [...model.policies.keys()];
  if (ids.length < 6) {
    const body = { name: `policy ${ids.length}`, permissions: wireRights(permissions) };
    const apply: Move['apply'] = (answer) => {
      model.policies.set(String(answer.body['id']), { permissions });
      expectEvent(model, 'policy.created');
      return null;
    };
    return { credential, method: 'POST', path: '/v1/policies', body, refusal, apply };
  }
  const id = random.pick(ids);
  return {
    credential,
    method: 'PUT',
    path: `/v1/policies/${id}/permissions`,
    body: { permissions: wireRights(permissions) },
    refusal,
    apply: () => {
      const before = model.policies.get(id)?.permissions;
      if (JSON.stringify(before) !== JSON.stringify(permissions)) expectEvent(model, 'policy.changed');
      model.policies.set(id, { permissions });
      return null;
    },
  };
};

/** Attaches and detaches (P4, P5, U3). */
export const attachPolicy: Plan = async (world, random) => {
  const { model } = world;
  const credential = await pickCredential(world, random);
  const ids = [...model.policies.keys()];
  if (credential === null || ids.length === 0) return null;
  const target = pickPerson(model, random);
  const id = random.pick(ids);
  const isAttaching = random.below(3) > 0;
  return {
    credential,
    method: isAttaching ? 'PUT' : 'DELETE',
    path: `/v1/policies/${id}/users/${target.id}`,
    refusal: isAdministrative(credential.person)
      ? refusalOnUser(credential.person, target, 'not_found')
      : 'not_allowed',
    apply: () => {
      if (target.policies.has(id) !== isAttaching) {
        expectEvent(model, isAttaching ? 'policy.attached' : 'policy.detached');
      }
      if (isAttaching) target.policies.add(id);
      else target.policies.delete(id);
      return null;
    },
  };
};

function pickDays(random: { pick<T>(items: readonly T[]): T }): Days {
  return random.pick([null, null, 1, 2, 29, 30, 60, 90, 365]);
}

/** The people who can sign in, for the walk's own use. */
export function ownerOf(model: Model): Person {
  const owner = [...model.people.values()].find((person) => person.type === 'owner');
  if (owner === undefined) throw new Error('the account has no Owner');
  return personOf(model, owner.id);
}
