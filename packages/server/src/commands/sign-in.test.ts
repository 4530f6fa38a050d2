import assert from 'node:assert/strict';
import { FRESH_PROOF_MS, Secret } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { changeUser } from './change-user.ts';
import { createKey } from './create-key.ts';
import type { CommandContext, Passwords } from './deps.ts';
import { endSession } from './end-session.ts';
import { listSessions } from './list-sessions.ts';
import { reauthenticate } from './reauthenticate.ts';
import { type SignedIn, signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { type Name, openScene, PLAIN_KEY, passwordOf, type Scene } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('sign-in', openSqlite);
});
afterAll(() => installation.close());

async function emailOf(scene: Scene, name: Name): Promise<string> {
  return (await scene.person(name)).email ?? assert.fail();
}

async function enter(scene: Scene, name: Name): Promise<SignedIn> {
  const input = { email: await emailOf(scene, name), password: passwordOf(name) };
  return (await scene.done(signIn(scene.deps, scene.anonymous(), input))).value;
}

function contextOf(scene: Scene, { user, session }: SignedIn): CommandContext {
  const credential = { kind: 'session', sessionId: session.id, provenAt: session.provenAt } as const;
  return { caller: { accountId: scene.account.id, user, credential }, change: scene.anonymous().change };
}

test('the right password opens a session, freshly proven, and the event names who (U7, U8, A2)', async () => {
  const scene = await openScene(installation);
  const input = { email: (await emailOf(scene, 'rita')).toUpperCase(), password: passwordOf('rita') };
  const { value, names, events } = await scene.done(signIn(scene.deps, scene.anonymous(), input));
  assert.deepEqual(names, ['session.created']);
  const [event] = events;
  assert.equal(event?.resource_id, value.session.id);
  assert.equal(event?.result, 'success');
  assert.ok(event?.actor.includes(value.user.id));
  assert.deepEqual(value.user, await scene.person('rita'));
  assert.equal(value.session.provenAt, scene.now);
  assert.equal('passwordHash' in value.user, false);
  await scene.done(createKey(scene.deps, contextOf(scene, value), PLAIN_KEY));
});

test('unknown user, wrong password and disabled user get one and the same refusal, each with its event (U7, A2)', async () => {
  const scene = await openScene(installation);
  const { id: userId } = await scene.person('rob');
  await scene.done(changeUser(scene.deps, await scene.as('olga'), { userId, isDisabled: true }));
  const attempts = [
    { email: 'nobody@example.com', password: passwordOf('rita'), affected: '', account: '' },
    {
      email: await emailOf(scene, 'rita'),
      password: passwordOf('rob'),
      affected: (await scene.person('rita')).id,
      account: scene.account.id,
    },
    { email: await emailOf(scene, 'rob'), password: passwordOf('rob'), affected: userId, account: scene.account.id },
  ];
  for (const { email, password, affected, account } of attempts) {
    const outcome = await signIn(scene.deps, scene.anonymous(), { email, password });
    assert.deepEqual(outcome, { ok: false, refusal: { kind: 'sign-in-failed' } });
    const events = scene.eventsSince();
    assert.deepEqual(
      events.map((event) => [event.event_name, event.result, event.affected_user_id, event.account_id]),
      [['session.failed', 'refused', affected, account]],
    );
    // People type passwords into the wrong field: what was typed is kept nowhere.
    assert.equal(JSON.stringify(events).includes('nobody'), false);
    assert.equal(JSON.stringify(events).includes(password.reveal()), false);
  }
});

test('every attempt costs one comparison of passwords, whoever is named (U7)', async () => {
  const scene = await openScene(installation);
  const asked: (string | null)[] = [];
  const passwords: Passwords = {
    ...scene.deps.passwords,
    matches: (password, hash) => {
      asked.push(hash);
      return scene.deps.passwords.matches(password, hash);
    },
  };
  const deps = { ...scene.deps, passwords };
  for (const email of ['nobody@example.com', await emailOf(scene, 'rita')]) {
    await signIn(deps, scene.anonymous(), { email, password: new Secret('wrong') });
  }
  assert.equal(asked.length, 2);
  assert.equal(asked[0], null);
});

test('a user who is disabled while the password is being compared is not let in (U5)', async () => {
  const scene = await openScene(installation);
  const { id: userId } = await scene.person('rita');
  const olga = await scene.as('olga');
  const passwords: Passwords = {
    ...scene.deps.passwords,
    matches: async (password, hash) => {
      const fits = await scene.deps.passwords.matches(password, hash);
      await scene.done(changeUser(scene.deps, olga, { userId, isDisabled: true }));
      return fits;
    },
  };
  const input = { email: await emailOf(scene, 'rita'), password: passwordOf('rita') };
  const outcome = await signIn({ ...scene.deps, passwords }, scene.anonymous(), input);
  assert.deepEqual(outcome, { ok: false, refusal: { kind: 'sign-in-failed' } });
  assert.deepEqual(
    scene.eventsSince().map((event) => event.event_name),
    ['session.failed'],
  );
});

test('signing out ends that session and no other; a key has none to end (U7)', async () => {
  const scene = await openScene(installation);
  const [first, second] = [await enter(scene, 'rita'), await enter(scene, 'rita')];
  const { names } = await scene.done(signOut(scene.deps, contextOf(scene, first)));
  assert.deepEqual(names, ['session.ended']);
  assert.deepEqual(await scene.refused(signOut(scene.deps, contextOf(scene, first))), { kind: 'credential-ended' });
  const { sessions, currentId } = await scene.answered(listSessions(scene.deps, contextOf(scene, second)));
  assert.deepEqual(
    sessions.map(({ id }) => id),
    [second.session.id],
  );
  assert.equal(currentId, second.session.id);
  const made = await scene.give('rita');
  assert.deepEqual(await scene.refused(signOut(scene.deps, await scene.asKey(made))), { kind: 'session-required' });
});

test("one ends one's own sessions; anybody else's is absent, also for the Owner", async () => {
  const scene = await openScene(installation);
  const [one, other] = [await enter(scene, 'rita'), await enter(scene, 'rita')];
  const rob = await enter(scene, 'rob');
  const { names } = await scene.done(endSession(scene.deps, contextOf(scene, one), other.session.id));
  assert.deepEqual(names, ['session.ended']);
  assert.deepEqual((await scene.done(endSession(scene.deps, contextOf(scene, one), other.session.id))).names, []);
  for (const context of [contextOf(scene, one), await scene.as('olga')]) {
    const sessionId = rob.session.id;
    const refusal = await scene.refused(endSession(scene.deps, context, sessionId));
    assert.deepEqual(refusal, { kind: 'session-not-found', sessionId });
  }
});

test('the password makes a session fresh again; a wrong one does not, and is an event (U8, A2)', async () => {
  const scene = await openScene(installation);
  const adam = await enter(scene, 'adam');
  const { id: userId } = await scene.person('rita');
  scene.pass(FRESH_PROOF_MS + 1);
  const promote = () => changeUser(scene.deps, contextOf(scene, adam), { userId, userType: 'administrator' });
  assert.equal((await scene.refused(promote())).kind, 'fresh-proof-required');
  const wrong = await reauthenticate(scene.deps, contextOf(scene, adam), { password: passwordOf('rita') });
  assert.deepEqual(wrong, { ok: false, refusal: { kind: 'wrong-password' } });
  assert.deepEqual(
    scene.eventsSince().map((event) => [event.event_name, event.result]),
    [['session.failed', 'refused']],
  );
  assert.equal((await scene.refused(promote())).kind, 'fresh-proof-required');
  const { value, names } = await scene.done(
    reauthenticate(scene.deps, contextOf(scene, adam), { password: passwordOf('adam') }),
  );
  assert.deepEqual(names, ['session.proven']);
  assert.equal(value.session.provenAt, scene.now);
  assert.deepEqual((await scene.done(promote())).names, ['user.type_changed']);
});

test('a key proves nothing about a person: it cannot reauthenticate (K14)', async () => {
  const scene = await openScene(installation);
  const byKey = await scene.asKey(await scene.give('rita'));
  const refusal = await scene.refused(reauthenticate(scene.deps, byKey, { password: passwordOf('rita') }));
  assert.deepEqual(refusal, { kind: 'session-required' });
});
