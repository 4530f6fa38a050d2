import assert from 'node:assert/strict';
import { plusMs, Secret, SIGN_IN_LINK_MS } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { createAccount } from './create-account.ts';
import { createOwnerLink } from './create-owner-link.ts';
import type { AnonymousContext } from './deps.ts';
import { redeemSignInLink } from './redeem-sign-in-link.ts';
import { signIn } from './sign-in.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { openScene, type Scene } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('sign-in links', openSqlite);
});
afterAll(() => installation.close());

const PASSWORD = new Secret('correct horse battery');
const NOT_VALID = { kind: 'sign-in-link-not-valid' };

/** The operator's request, as the socket makes it. */
function byOperator(scene: Scene): AnonymousContext {
  const { change } = scene.anonymous();
  return { change: { ...change, origin: { ...change.origin, actor: { kind: 'operator' } } } };
}

async function linkFor(scene: Scene) {
  const made = await createOwnerLink(scene.deps, byOperator(scene), scene.account.id);
  assert.ok(made.ok);
  scene.eventsSince();
  return made.value.value;
}

const redeem = (scene: Scene, token: Secret, password = PASSWORD) =>
  redeemSignInLink(scene.deps, scene.anonymous(), { token, password });

test('an Owner who cannot get in gets a link: their sessions end, they set a password, and no keys are made (T1)', async () => {
  const scene = await openScene(installation);
  await scene.as('olga');
  const olga = await scene.person('olga');
  const made = await createOwnerLink(scene.deps, byOperator(scene), (olga.email ?? '').toUpperCase());
  assert.ok(made.ok);
  const names = scene.eventsSince().map((event) => [event.event_name, JSON.parse(event.actor).kind]);
  assert.deepEqual(names, [
    ['session.ended', 'operator'],
    ['sign_in_link.created', 'operator'],
  ]);
  const done = await scene.done(redeem(scene, made.value.value.token));
  assert.deepEqual(done.names, ['sign_in_link.redeemed', 'user.password_changed', 'session.created']);
  assert.deepEqual([done.value.user.id, done.value.keys], [olga.id, []]);
  assert.equal(JSON.parse(done.events[0]?.actor ?? '').id, olga.id);
  const signedIn = { email: olga.email ?? '', password: PASSWORD };
  await scene.done(signIn(scene.deps, scene.anonymous(), signedIn));
});

test('using a link ends the sessions that began since it was made (T1)', async () => {
  const scene = await openScene(installation);
  const { token } = await linkFor(scene);
  await scene.as('olga');
  const names = (await scene.done(redeem(scene, token))).names;
  assert.deepEqual(names, ['sign_in_link.redeemed', 'user.password_changed', 'session.ended', 'session.created']);
});

test('the Owner of a new account gets the default keys with the first link that is used, and only then (T1, K2)', async () => {
  const scene = await openScene(installation);
  const owner = { email: `new.${scene.account.id}@example.com`, name: 'New' };
  const made = await createAccount(scene.deps, byOperator(scene), { name: 'New', owner });
  assert.ok(made.ok);
  const { account, owner: user, token, isFirst } = made.value.value;
  assert.equal(isFirst, false);
  assert.equal(await scene.store.read((reader) => reader.keys.countOf(user.id)), 0);
  const again = await createOwnerLink(scene.deps, byOperator(scene), account.id);
  assert.ok(again.ok);
  const old = await redeem(scene, token);
  assert.deepEqual(old.ok ? null : old.refusal, NOT_VALID);
  const first = await redeem(scene, again.value.value.token);
  assert.ok(first.ok);
  const { keys } = first.value.value;
  assert.deepEqual(
    keys.map(({ key }) => [key.kind, key.ownerId, key.createdBy]),
    [
      ['master', user.id, user.id],
      ['write_only', user.id, user.id],
    ],
  );
  const later = await createOwnerLink(scene.deps, byOperator(scene), account.id);
  assert.ok(later.ok);
  const second = await redeem(scene, later.value.value.token);
  assert.deepEqual(second.ok && second.value.value.keys, []);
});

test.each([
  ['a millisecond before 24 hours', -1, true],
  ['at 24 hours', 0, false],
])('%s a link works: %j (T1)', async (_when, offsetMs, isGood) => {
  const scene = await openScene(installation);
  const { token, link } = await linkFor(scene);
  assert.equal(link.endsAt, plusMs(scene.now, SIGN_IN_LINK_MS));
  scene.pass(SIGN_IN_LINK_MS + offsetMs);
  if (isGood) await scene.done(redeem(scene, token));
  else assert.deepEqual(await scene.refused(redeem(scene, token)), NOT_VALID);
});

test('a link works once, also for two who use it at the same moment, and a short password does not use it up (T1, U7)', async () => {
  const scene = await openScene(installation);
  const { token } = await linkFor(scene);
  const short = await scene.refused(redeem(scene, token, new Secret('eleven char')));
  assert.deepEqual(short, { kind: 'password-too-short', shortest: 12 });
  const outcomes = await Promise.all([redeem(scene, token), redeem(scene, token)]);
  assert.equal(outcomes.filter(({ ok }) => ok).length, 1);
  scene.eventsSince();
  assert.deepEqual(await scene.refused(redeem(scene, token)), NOT_VALID);
  assert.deepEqual(await scene.refused(redeem(scene, new Secret('made up'))), NOT_VALID);
});

test('a link is no way in for whoever is not the Owner any more (U1)', async () => {
  const scene = await openScene(installation);
  const { token } = await linkFor(scene);
  const [olga, adam] = [await scene.person('olga'), await scene.person('adam')];
  await scene.arrange(async (change) => {
    await change.users.changeType(olga, 'administrator');
    await change.users.changeType(adam, 'owner');
  });
  assert.deepEqual(await scene.refused(redeem(scene, token)), NOT_VALID);
});

test('links are for Owners: others are helped by theirs (T1)', async () => {
  const scene = await openScene(installation);
  const { email } = await scene.person('adam');
  const outcome = await createOwnerLink(scene.deps, byOperator(scene), email ?? '');
  assert.deepEqual(outcome.ok ? null : outcome.refusal, { kind: 'not-an-owner', email, userType: 'administrator' });
  assert.deepEqual(scene.eventsSince(), []);
});
