import assert from 'node:assert/strict';
import { type PasswordResetId, PASSWORD_RESET_MS, Secret } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { changePassword } from './change-password.ts';
import { changeUser } from './change-user.ts';
import { createServiceAccount } from './create-service-account.ts';
import { passwordResetToken } from './password-reset-link.ts';
import { redeemPasswordReset } from './redeem-password-reset.ts';
import { requestPasswordReset } from './request-password-reset.ts';
import { signIn } from './sign-in.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { type Name, openScene, passwordOf, type Scene } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('password resets', openSqlite);
});
afterAll(() => installation.close());

const PASSWORD = new Secret('correct horse battery');
const LIST = { mode: 'enforce', entries: [{ cidr: '192.0.2.0/24', scope: 'all', note: null }] } as const;
const NOT_VALID = { kind: 'password-reset-not-valid' };

const emailOf = async (scene: Scene, name: Name): Promise<string> => (await scene.person(name)).email ?? assert.fail();
const ask = (scene: Scene, email: string) => scene.done(requestPasswordReset(scene.deps, scene.anonymous(), { email }));
const redeem = (scene: Scene, token: Secret, password = PASSWORD) =>
  redeemPasswordReset(scene.deps, scene.anonymous(), { token, password });
const enter = (scene: Scene, email: string, password: Secret) =>
  signIn(scene.deps, scene.anonymous(), { email, password });

/** Asks for a reset and takes its link out of the mail that was queued. */
async function linkFor(scene: Scene, name: Name): Promise<Secret> {
  await ask(scene, await emailOf(scene, name));
  return lastLink(scene);
}

function lastLink(scene: Scene): Secret {
  const facts = scene.mails().at(-1)?.facts as { readonly resetId: PasswordResetId };
  return passwordResetToken(scene.deps, facts.resetId);
}

test('whoever forgot their password gets a link by mail, sets another, and all their sessions end (U7, A1)', async () => {
  const scene = await openScene(installation);
  await scene.as('rita');
  const rita = await scene.person('rita');
  const asked = await ask(scene, (rita.email ?? '').toUpperCase());
  assert.deepEqual(asked.names, ['password_reset.requested']);
  assert.deepEqual([asked.events[0]?.result, asked.events[0]?.affected_user_id], ['success', rita.id]);
  const [mail] = scene.mails();
  assert.deepEqual([mail?.recipient, mail?.template], [rita.email, 'password_reset']);
  const token = lastLink(scene);
  assert.equal(JSON.stringify([scene.mails(), asked.events]).includes(token.reveal()), false);
  const done = await scene.done(redeem(scene, token));
  assert.deepEqual(done.names, ['password_reset.redeemed', 'user.password_changed', 'session.ended']);
  assert.equal(JSON.parse(done.events[0]?.actor ?? '').id, rita.id);
  await scene.done(enter(scene, rita.email ?? '', PASSWORD));
  assert.deepEqual(await enter(scene, rita.email ?? '', passwordOf('rita')), {
    ok: false,
    refusal: { kind: 'sign-in-failed' },
  });
});

test('a link works once, for an hour, until there is a newer one, the password changes or the user is disabled (U7)', async () => {
  const scene = await openScene(installation);
  const used = await linkFor(scene, 'rita');
  await scene.done(redeem(scene, used));
  assert.deepEqual(await scene.refused(redeem(scene, used)), NOT_VALID);

  const replaced = await linkFor(scene, 'rita');
  const newest = await linkFor(scene, 'rita');
  assert.deepEqual(await scene.refused(redeem(scene, replaced)), NOT_VALID);
  scene.pass(PASSWORD_RESET_MS - 1);
  await scene.done(redeem(scene, newest));

  const old = await linkFor(scene, 'rob');
  scene.pass(PASSWORD_RESET_MS);
  assert.deepEqual(await scene.refused(redeem(scene, old)), NOT_VALID);

  const overtaken = await linkFor(scene, 'rob');
  const input = { current: passwordOf('rob'), chosen: PASSWORD };
  await scene.done(changePassword(scene.deps, await scene.as('rob'), input));
  assert.deepEqual(await scene.refused(redeem(scene, overtaken)), NOT_VALID);

  const disabled = await linkFor(scene, 'rob');
  const { id: userId } = await scene.person('rob');
  await scene.done(changeUser(scene.deps, await scene.as('olga'), { userId, isDisabled: true }));
  assert.deepEqual(await scene.refused(redeem(scene, disabled)), NOT_VALID);
  assert.deepEqual(await scene.refused(redeem(scene, new Secret('A'.repeat(43)))), NOT_VALID);
});

test('of two requests with one link at the same time one sets the password (U7)', async () => {
  const scene = await openScene(installation);
  const token = await linkFor(scene, 'rita');
  const outcomes = await Promise.all([redeem(scene, token), redeem(scene, token, new Secret('another long one'))]);
  assert.equal(outcomes.filter(({ ok }) => ok).length, 1);
});

test('a short password is refused with the minimum of the account, and the link still works (U7)', async () => {
  const scene = await openScene(installation);
  const token = await linkFor(scene, 'rita');
  const refusal = await scene.refused(redeem(scene, token, new Secret('eleven char')));
  assert.deepEqual(refusal, { kind: 'password-too-short', shortest: 12 });
  await scene.done(redeem(scene, token));
});

test('nobody else is sent anything: unknown, disabled, without a password, service accounts; each is one event (U6, U7, A2)', async () => {
  const scene = await openScene(installation);
  const { id: userId } = await scene.person('rob');
  const olga = await scene.as('olga');
  await scene.done(changeUser(scene.deps, olga, { userId, isDisabled: true }));
  const service = { name: 'Robot', contacts: [] };
  await scene.done(createServiceAccount(scene.deps, olga, service));
  const fresh = { ...(await scene.person('ada')), id: 'usr_AAAAAAAAAAAAAAAAAAA1' as typeof userId };
  const email = `never.${scene.account.id}@example.com`;
  await scene.arrange((change) => change.users.create({ ...fresh, email, policyIds: [] }, null));
  for (const address of ['nobody@example.com', await emailOf(scene, 'rob'), email, 'Robot']) {
    const { names, events } = await ask(scene, address);
    assert.deepEqual([names, events[0]?.result], [['password_reset.requested'], 'refused']);
    // People type passwords into the wrong field: what was typed is kept nowhere.
    assert.equal(JSON.stringify(events).includes(address), false);
  }
  assert.deepEqual(scene.mails(), []);
});

test('changing the own password needs the present one, and ends the other sessions (U7, U8)', async () => {
  const scene = await openScene(installation);
  const earlier = await scene.as('rita');
  scene.pass(1000);
  const context = await scene.as('rita');
  const change = (current: Secret, chosen = PASSWORD) => changePassword(scene.deps, context, { current, chosen });
  assert.deepEqual(await change(passwordOf('rob')), { ok: false, refusal: { kind: 'wrong-password' } });
  assert.deepEqual(
    scene.eventsSince().map(({ event_name, result }) => [event_name, result]),
    [['session.failed', 'refused']],
  );
  const short = await scene.refused(change(passwordOf('rita'), new Secret('eleven char')));
  assert.equal(short.kind, 'password-too-short');
  const { names } = await scene.done(change(passwordOf('rita')));
  assert.deepEqual(names, ['user.password_changed', 'session.ended']);
  const late = await scene.refused(changePassword(scene.deps, earlier, { current: PASSWORD, chosen: PASSWORD }));
  assert.equal(late.kind, 'credential-ended');
  await scene.done(changePassword(scene.deps, context, { current: PASSWORD, chosen: passwordOf('rita') }));
});

test('from where the account lets nobody in a link sets no password, and goes on working (I5, U7, A2)', async () => {
  const scene = await openScene(installation);
  const token = await linkFor(scene, 'rita');
  await scene.arrange((change) => change.ipAllowlists.changeOfAccount(scene.account, LIST));
  const stopped = await redeem(scene, token);
  assert.equal(stopped.ok ? null : stopped.refusal.kind, 'ip-not-allowed');
  assert.deepEqual(
    scene.eventsSince().map(({ event_name }) => event_name),
    ['access.denied'],
  );
});
