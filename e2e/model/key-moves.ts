import type { KeyWithSecretObject } from '@claviger/contract';
import type { Random } from '../support/random.ts';
import {
  covers,
  DATABASES,
  type Days,
  descendantsOf,
  expectEvent,
  expiryOf,
  type HeldKey,
  isDead,
  isLonger,
  type Kind,
  lifespanInForce,
  type Model,
  OPERATIONS,
  personOf,
  type Right,
  rightsOf,
  shorter,
} from './facts.ts';
import { makerOf, managesKey, type Move, pickCredential, pickKey, type Plan, refusalOnUser } from './move.ts';
import { addKey, type Credential } from './world.ts';

type Target = { readonly model: Model; readonly credential: Credential; readonly key: HeldKey };
type KeyMove = Pick<Move, 'method' | 'path' | 'body' | 'apply'> & { readonly refusal: string | null };

/** A call about one key: what it must answer when the key is there for the caller at all. */
function onKey(choose: (target: Target, random: Random) => KeyMove): Plan {
  return async (world, random) => {
    const credential = await pickCredential(world, random);
    const key = credential === null ? null : pickKey(world.model, random, credential.person);
    if (credential === null || key === null) return null;
    const move = choose({ model: world.model, credential, key }, random);
    const isThere = managesKey(world.model, credential.person, key);
    return {
      ...move,
      credential,
      path: `/v1/keys/${key.id}${move.path}`,
      refusal: isThere ? move.refusal : 'not_found',
    };
  };
}

/** Creates a key, for oneself or for somebody else (K3, K5, E5, U3). */
export const createKey: Plan = async ({ model, ...world }, random) => {
  const credential = await pickCredential({ model, ...world }, random);
  if (credential === null || model.keys.size > 4_000) return null;
  const owner = random.below(3) === 0 ? random.pick([...model.people.values()]) : credential.person;
  const kind: Kind = random.pick(['master', 'master', 'write_only']);
  const asked = random.pick<Days | 'nothing'>(['nothing', 'nothing', null, 1, 2, 30, 90, 365]);
  const permissions = random.below(3) === 0 ? pickRights(random) : null;
  const inForce = lifespanInForce(model, owner, kind);
  const named = owner === credential.person ? {} : { owner_id: owner.id };
  return {
    credential,
    method: 'POST',
    path: '/v1/keys',
    body: {
      kind,
      name: `key ${model.keys.size}`,
      ...named,
      ...(asked === 'nothing' ? {} : { lifespan_days: asked }),
      ...(permissions === null ? {} : { permissions: wireRights(permissions) }),
    },
    refusal:
      refusalOnUser(credential.person, owner, 'unknown_user') ??
      refusalOfRights(model, owner.id, permissions) ??
      (asked !== 'nothing' && isLonger(asked, inForce) ? 'lifespan_too_long' : null),
    apply: ({ body }) => {
      const shown = body as unknown as KeyWithSecretObject;
      const lifespan = asked === 'nothing' ? inForce : asked;
      const key = addKey(model, shown, makerOf(credential));
      Object.assign(key, {
        ownerId: owner.id,
        createdBy: credential.person.id,
        createdByKeyId: makerOf(credential).keyId,
        createdAt: model.now,
        lifespan,
        expiresAt: expiryOf(model, lifespan),
        permissions,
        shownPermissions: permissions === null ? null : wireRights(permissions),
      });
      expectEvent(model, 'key.created');
      return key;
    },
  };
};

/** Gives a key a new secret (X5, U3, E4). */
export const rotateKey: Plan = onKey(({ model, credential, key }, random) => {
  const overlapSeconds = random.pick([0, 0, 60, 3_600, 86_400, 2_592_000]);
  return {
    method: 'POST',
    path: '/rotate',
    body: { overlap_seconds: overlapSeconds },
    refusal: refusalOfRotation(model, key, credential.person.id),
    apply: ({ body }) => {
      const owner = personOf(model, key.ownerId);
      const overlapMs = key.disabled === 'promotion' ? 0 : overlapSeconds * 1000;
      const expiresAt = expiryOf(model, shorter(lifespanInForce(model, owner, key.kind), key.lifespan));
      const ends = [model.now + overlapMs, key.expiresAt, expiresAt].filter((end) => end !== null);
      const previousEndsAt = Math.min(...ends);
      for (const secret of key.secrets) {
        if (secret.isCurrent) secret.endsAt = previousEndsAt;
        else if (secret.endsAt !== null && secret.endsAt > model.now) secret.endsAt = model.now;
        secret.isCurrent = false;
      }
      key.secrets.push({ text: String(body['secret']), endsAt: null, isCurrent: true });
      Object.assign(key, { expiresAt, disabled: 'no', rotation: { rotatedAt: model.now, previousEndsAt } });
      key.makers.push(makerOf(credential));
      expectEvent(model, 'key.rotated');
      return key;
    },
  };
});

/** Ends an overlap (X5). */
export const finishRotation: Plan = onKey(({ model, key }) => ({
  method: 'POST',
  path: '/rotate/finish',
  refusal: null,
  apply: () => {
    if (key.rotation === null || key.rotation.previousEndsAt <= model.now) return key;
    for (const secret of key.secrets) {
      if (!secret.isCurrent && secret.endsAt !== null && secret.endsAt > model.now) secret.endsAt = model.now;
    }
    key.rotation.previousEndsAt = model.now;
    expectEvent(model, 'key.rotation_finished');
    return key;
  },
}));

/** Stops a key for a while (X4). */
export const disableKey: Plan = onKey(({ model, key }) => ({
  method: 'POST',
  path: '/disable',
  refusal: isDead(model, key) ? 'key_already_expired' : null,
  apply: () => {
    if (key.disabled !== 'no') return key;
    key.disabled = 'request';
    expectEvent(model, 'key.disabled');
    return key;
  },
}));

/** Lets it go on; after a promotion only its owner's rotation does (X4, U3). */
export const enableKey: Plan = onKey(({ model, key }) => ({
  method: 'POST',
  path: '/enable',
  refusal: isDead(model, key) ? 'key_already_expired' : key.disabled === 'promotion' ? 'rotation_required' : null,
  apply: () => {
    if (key.disabled === 'no') return key;
    key.disabled = 'no';
    expectEvent(model, 'key.enabled');
    return key;
  },
}));

/** Stops a key for good, perhaps with all that it made (X1, X2, K14). */
export const forceExpireKey: Plan = onKey(({ model, credential, key }, random) => {
  const isWithDescendants = random.below(2) === 0;
  const note = random.pick([null, 'found in a repository']);
  const reason = random.pick(['compromised', 'superseded', 'other']);
  return {
    method: 'POST',
    path: '/force-expire',
    body: { reason, include_descendants: isWithDescendants, ...(note === null ? {} : { note }) },
    refusal: null,
    apply: () => {
      const descendants = isWithDescendants ? descendantsOf(model, key.id) : [];
      for (const each of [key, ...descendants.filter((other) => managesKey(model, credential.person, other))]) {
        if (isDead(model, each)) continue;
        each.forced = { at: model.now, by: credential.person.id, reason, note };
        expectEvent(model, 'key.force_expired');
      }
      return key;
    },
  };
});

/** Takes a key out of the lists (X3, K10). */
export const deleteKey: Plan = onKey(({ model, key }) => ({
  method: 'DELETE',
  path: '',
  refusal: null,
  apply: () => {
    key.isDeleted = true;
    expectEvent(model, 'key.deleted');
    return null;
  },
}));

/** Changes a key's name and narrowing, always within its owner's rights (K5, P6). */
export const editKey: Plan = onKey(({ model, key }, random) => {
  const permissions = random.pick([null, pickRights(random), []]);
  const name = random.pick([key.name, `${key.name.slice(0, 40)}'`]);
  return {
    method: 'PATCH',
    path: '',
    body: { name, permissions: permissions === null ? null : wireRights(permissions) },
    refusal: refusalOfRights(model, key.ownerId, permissions),
    apply: () => {
      const shownPermissions = permissions === null ? null : wireRights(permissions);
      const isSame = key.name === name && JSON.stringify(key.shownPermissions) === JSON.stringify(shownPermissions);
      if (!isSame) expectEvent(model, 'key.changed');
      Object.assign(key, { name, permissions, shownPermissions });
      return key;
    },
  };
});

function refusalOfRotation(model: Model, key: HeldKey, callerId: string): string | null {
  if (isDead(model, key)) return 'key_already_expired';
  if (key.disabled === 'request') return 'key_is_disabled';
  return key.disabled === 'promotion' && key.ownerId !== callerId ? 'rotation_required' : null;
}

function refusalOfRights(model: Model, ownerId: string, wanted: readonly Right[] | null): string | null {
  // A deleted key of a user who has left: the call is refused for that.
  const owner = model.people.get(ownerId);
  if (owner === undefined) return null;
  const held = rightsOf(model, owner);
  return (wanted ?? []).every((right) => covers(held, right)) ? null : 'permission_not_held';
}

/** A few operations on databases, not all of which anybody has. */
export function pickRights(random: Random): readonly Right[] {
  const rights = Array.from({ length: 1 + random.below(3) }, () => ({
    operation: random.pick(OPERATIONS),
    database: random.pick([...DATABASES, '*']),
  }));
  return rights;
}

/** Permissions as the wire writes them. */
export function wireRights(rights: readonly Right[]): readonly unknown[] {
  return rights.map(({ operation, database }) => ({ resource_type: 'database', operation, ids: [database] }));
}
