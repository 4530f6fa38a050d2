import assert from 'node:assert/strict';
import {
  DEFAULT_CATALOGUE,
  effectivePermissions,
  isAdministrative,
  mayManage,
  type Permission,
  type Permissions,
  parseKeyText,
} from '@claviger/core';
import { type FoundSecret, openSqlite } from '@claviger/storage';
import fc from 'fast-check';
import { afterAll, beforeAll, test } from 'vitest';
import { ACT_NAMES, Intrigue, type Move, NAMES } from './testing/intrigue.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import {
  type Memory,
  newMemory,
  passedOnKeysGainNothing,
  remember,
  risenOwnersShareNoSecret,
} from './testing/passing-on.ts';
import { permits, PROBES, rightsIn, type State, stateOf, type Step } from './testing/rights-state.ts';
import { type Name, onDatabase, openScene } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('rights', openSqlite);
});
afterAll(() => installation.close());

/** Anybody tries anything. */
const anything: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.record({
    who: fc.nat(NAMES.length - 1),
    credential: fc.oneof(fc.constant(0), fc.nat(4)),
    act: fc.constantFrom(...ACT_NAMES, 'create', 'create', 'create', 'rotate', 'rotate', 'changeType'),
    target: fc.nat(11),
    choice: fc.nat(23),
  }),
  { minLength: 20, maxLength: 60 },
);

/** The Owner, an administrator and a restricted user, who create, rotate and promote, each with all that they have learnt. */
const promotions: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.record({
    who: fc.constantFrom(NAMES.indexOf('olga'), NAMES.indexOf('adam'), NAMES.indexOf('rita')),
    credential: fc.oneof(fc.constant(0), fc.nat(4)),
    act: fc.constantFrom('create', 'create', 'create', 'rotate', 'rotate', 'enable', 'disable', 'delete', 'changeType'),
    target: fc.oneof(fc.constant(NAMES.indexOf('rita')), fc.nat(4)),
    choice: fc.nat(23),
  }),
  { minLength: 20, maxLength: 40 },
);

/** The Owner, who makes keys of every lifespan under changing policies, and whatever moves time or an end. */
const lifetimes: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.record({
    who: fc.constant(NAMES.indexOf('olga')),
    credential: fc.constant(0),
    act: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom('create', 'rotate', 'rotate', 'wait') },
      { weight: 1, arbitrary: fc.constantFrom('edit', 'finish', 'disable', 'enable', 'forceExpire') },
      { weight: 1, arbitrary: fc.constantFrom('setPolicy', 'setUserPolicy') },
    ),
    target: fc.nat(4),
    choice: fc.nat(23),
  }),
  { minLength: 20, maxLength: 40 },
);

/** People who make keys, policies and service accounts, get rights, leave, and hand the account over. */
const departures: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.record({
    who: fc.constantFrom(...['olga', 'olga', 'adam', 'rita'].map((name) => NAMES.indexOf(name as Name))),
    credential: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(4) }),
    act: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('create', 'create', 'rotate', 'edit', 'createServiceAccount') },
      { weight: 3, arbitrary: fc.constantFrom('attach', 'editPolicy', 'changeType', 'changeDisabled', 'enable') },
      { weight: 3, arbitrary: fc.constantFrom('deleteUser', 'deleteUser', 'deleteUser', 'handOver') },
    ),
    target: fc.nat(9),
    choice: fc.nat(23),
  }),
  { minLength: 20, maxLength: 40 },
);

test('no row of moves, by sessions and by any key learnt on the way, gives anybody what nobody gave them (P6, K14)', async () => {
  await fc.assert(fc.asyncProperty(anything, play), { seed: 20_261_123, numRuns: 20 });
}, 120_000);

test('whoever rises keeps no working key that somebody else knows, however it was made or rotated (U3, P6)', async () => {
  await fc.assert(fc.asyncProperty(promotions, play), { seed: 20_261_124, numRuns: 40 });
}, 120_000);

test('no call moves the end of a secret to later, and what is dead stays dead (E4, E9, X2)', async () => {
  await fc.assert(fc.asyncProperty(lifetimes, play), { seed: 20_261_125, numRuns: 30 });
}, 120_000);

test('nobody’s key does more for having passed on, and who hands over or leaves takes nothing along (U1, U4, P6)', async () => {
  await fc.assert(fc.asyncProperty(departures, play), { seed: 20_261_126, numRuns: 40 });
}, 120_000);

async function play(moves: readonly Move[]): Promise<void> {
  const intrigue = await openIntrigue();
  let before = await stateOf(intrigue);
  const memory = newMemory(before);
  for (const move of moves) {
    const made = await intrigue.make(move);
    if (made === null) continue;
    const after = await stateOf(intrigue);
    checkStep(memory, { intrigue, move, made, before, after });
    before = after;
  }
}

function checkStep(memory: Memory, step: Step): void {
  remember(memory, step);
  refusalsWriteNothing(step);
  rightsComeFromThoseWhoHaveThem(step);
  newSecretsAreOfManagedKeys(step);
  narrowingsStayWithinTheOwner(step);
  usersGoByWhoMayDeleteThem(step);
  risenOwnersShareNoSecret(memory, step);
  passedOnKeysGainNothing(memory, step);
  secretsOnlyEver(step);
  effectiveNeverExceedsTheOwner(step.after);
}

function refusalsWriteNothing({ made, before, after, move }: Step): void {
  if (made.outcome.ok) return;
  // The context of a move may have opened a session: nothing but that may have been written.
  assert.deepEqual(after.users, before.users, move.act);
  assert.deepEqual(after.policies, before.policies, move.act);
  assert.deepEqual(after.keys, before.keys, move.act);
}

/** Whose type, policies and lifespans changed was managed by the actor; a restricted actor changes none at all (U3, P5). */
function rightsComeFromThoseWhoHaveThem({ made, before, after, move }: Step): void {
  const actor = before.users.get(made.actor) ?? assert.fail();
  if (!isAdministrative(actor.userType)) {
    assert.deepEqual(after.users, before.users, `${move.act} by a restricted user`);
    assert.deepEqual(after.policies, before.policies, `${move.act} by a restricted user`);
  }
  // What there is to permit is the Owner's alone to say (P3).
  if (actor.userType !== 'owner') assert.deepEqual(after.catalogue, before.catalogue, `${move.act} by ${actor.name}`);
  for (const [id, user] of after.users) {
    const old = before.users.get(id);
    if (old === undefined || JSON.stringify(old) === JSON.stringify(user)) continue;
    // Deleting a policy takes it from everybody who had it.
    if (move.act === 'deletePolicy') assert.ok(user.policyIds.every((policy) => old.policyIds.includes(policy)));
    else assert.ok(mayManage(actor, old), `${move.act} changed somebody whom the actor does not manage`);
    if (old.userType !== 'owner' && user.userType !== 'owner') continue;
    if (old.userType !== user.userType) assert.deepEqual([move.act, actor.userType], ['handOver', 'owner']);
  }
}

/** Nobody deletes the Owner or themselves, administrators delete restricted users only, and there is one Owner (U1, U3). */
function usersGoByWhoMayDeleteThem({ made, before, after, move }: Step): void {
  const actor = before.users.get(made.actor) ?? assert.fail();
  for (const [id, { userType }] of before.users) {
    if (after.users.has(id)) continue;
    assert.equal(move.act, 'deleteUser');
    const isAllowed = actor.userType === 'owner' ? userType !== 'owner' : userType === 'restricted';
    assert.ok(isAllowed && isAdministrative(actor.userType) && id !== actor.id, `${actor.name} deleted somebody`);
  }
  assert.equal([...after.users.values()].filter(({ userType }) => userType === 'owner').length, 1);
}

/** A secret is shown only to who acts as somebody that manages its owner, and its text names its key (K9, K6). */
function newSecretsAreOfManagedKeys({ made, before, after }: Step): void {
  const actor = before.users.get(made.actor) ?? assert.fail();
  for (const { key, secret } of made.learnt) {
    const owner = after.users.get(key.ownerId) ?? assert.fail();
    assert.ok(mayManage(actor, owner), 'a secret of somebody whom the actor does not manage');
    assert.equal(`key_${parseKeyText(secret.reveal(), ['clv'])?.idCharacters}`, key.id);
  }
}

/** A narrowing that was just set lies within the owner's rights at that moment, of a key that passed on the old one's (K5, P6, U4). */
function narrowingsStayWithinTheOwner({ before, after }: Step): void {
  for (const [id, key] of after.keys) {
    const old = before.keys.get(id);
    if (key.permissions === null || JSON.stringify(old?.permissions) === JSON.stringify(key.permissions)) continue;
    const hasPassedOn = old !== undefined && old.ownerId !== key.ownerId;
    const owners = hasPassedOn ? rightsIn(before, old.ownerId) : rightsIn(after, key.ownerId);
    const wider = PROBES.find((probe) => permits(key.permissions ?? [], probe) && !permits(owners, probe));
    assert.equal(wider, undefined, 'a narrowing wider than its owner');
  }
}

/** Each secret's end only ever comes nearer, and what is dead or deleted stays so (E4, K10, X2). */
function secretsOnlyEver({ before, after, move }: Step): void {
  for (const [index, old] of before.secrets.entries()) {
    const current = after.secrets[index] ?? null;
    if (old === null) assert.equal(current, null, 'a deleted key came back');
    if (old === null || current === null) continue;
    assert.ok(endNumber(current) <= endNumber(old), `${move.act} moved the end of a secret to later`);
    if (old.key.forcedExpiry !== null) assert.deepEqual(current.key.forcedExpiry, old.key.forcedExpiry);
    if (!old.isCurrent) assert.equal(current.isCurrent, false);
  }
}

function endNumber({ key, isCurrent, endsAt }: FoundSecret): number {
  const own = (isCurrent ? key.expiresAt : endsAt) ?? Number.POSITIVE_INFINITY;
  return Math.min(own, key.forcedExpiry?.at ?? Number.POSITIVE_INFINITY);
}

/** Effective right = owner's current rights ∩ kind ∩ narrowing, for every key at every moment (K1, K5). */
function effectiveNeverExceedsTheOwner(state: State): void {
  for (const key of state.keys.values()) {
    const owners = rightsIn(state, key.ownerId);
    const held = effectivePermissions({ kind: key.kind, narrowing: key.permissions }, owners, DEFAULT_CATALOGUE);
    for (const probe of PROBES) {
      if (!permits(anyOperation(held), probe)) continue;
      assert.ok(permits(owners, probe) && (key.permissions === null || permits(key.permissions, probe)));
      if (key.kind === 'write_only') assert.equal(probe.operation, 'import');
    }
  }
}

function anyOperation(held: readonly Permission[]): Permissions {
  return held.some((permission) => permission.operation === '*') ? 'everything' : held;
}

async function openIntrigue(): Promise<Intrigue> {
  const scene = await openScene(installation);
  const people = await Promise.all(NAMES.map((name) => scene.person(name)));
  const intrigue = new Intrigue(
    scene,
    people.map((user) => user.id),
  );
  intrigue.policyIds.push(
    await scene.policy([onDatabase('query', 'a*')], 'rita'),
    await scene.policy([onDatabase('manage', 'b')]),
  );
  // Everybody starts with a key that nobody else knows.
  for (const by of NAMES) {
    const made = await scene.give(by);
    intrigue.learnt.push({ ...made, by });
    intrigue.keyIds.push(made.key.id);
  }
  return intrigue;
}
