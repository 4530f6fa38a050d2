import assert from 'node:assert/strict';
import { FRESH_PROOF_MS, Secret } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { TOTP, URI } from 'otpauth';
import { afterAll, beforeAll, test } from 'vitest';
import type { CommandContext } from './deps.ts';
import { reauthenticate } from './reauthenticate.ts';
import type { SecondProof } from './second-factor-proof.ts';
import { signIn } from './sign-in.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { openScene, passwordOf, type Scene } from './testing/scene.ts';
import { beginTotp, confirmTotp, listSecondFactors, removeTotp, replaceRecoveryCodes } from './totp-factor.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('second factors', openSqlite);
});
afterAll(() => installation.close());

const STEP_MS = 30_000;
const WRONG = { kind: 'second-factor-wrong' };

/** An authenticator app that has read the QR code. */
function appOf(url: Secret): TOTP {
  const app = URI.parse(url.reveal());
  assert.ok(app instanceof TOTP);
  return app;
}
const codeAt = (app: TOTP, at: number): Secret => new Secret(app.generate({ timestamp: at }));

/** Sets Rita's second factor up, as she does, and lets the step of that code pass. */
async function withFactor() {
  const scene = await openScene(installation);
  const context = await scene.as('rita');
  const { value } = await scene.done(beginTotp(scene.deps, context));
  const app = appOf(value.url);
  const confirmed = await scene.done(confirmTotp(scene.deps, context, codeAt(app, scene.now)));
  scene.pass(STEP_MS);
  return { scene, app, confirmed, codes: confirmed.value.codes };
}

async function enter(scene: Scene, second: SecondProof, password = passwordOf('rita')) {
  const email = (await scene.person('rita')).email ?? assert.fail();
  return signIn(scene.deps, scene.anonymous(), { email, password, second });
}
const totp = (code: Secret): SecondProof => ({ kind: 'totp', code });
const recovery = (code: Secret): SecondProof => ({ kind: 'recovery', code });
const eventsOf = (scene: Scene) => scene.eventsSince().map(({ event_name, result }) => `${event_name} ${result}`);

async function refusedAs(scene: Scene, outcome: ReturnType<typeof enter>, kind: string, event: string): Promise<void> {
  const settled = await outcome;
  assert.equal(settled.ok ? 'allowed' : settled.refusal.kind, kind);
  assert.deepEqual(eventsOf(scene), [event]);
}

test('one-time passwords count for nothing until confirmed; from then on the password alone does not sign in (U7)', async () => {
  const scene = await openScene(installation);
  const context = await scene.as('rita');
  const { value } = await scene.done(beginTotp(scene.deps, context));
  assert.deepEqual(await scene.answered(listSecondFactors(scene.deps, context)), { totp: null, recoveryCodesLeft: 0 });
  assert.ok((await enter(scene, null)).ok);
  eventsOf(scene);
  const app = appOf(value.url);
  assert.deepEqual([app.secret.base32, app.algorithm, app.digits, app.period], [value.secret.reveal(), 'SHA1', 6, 30]);
  assert.equal(
    await confirmTotp(scene.deps, context, codeAt(app, scene.now + 5 * STEP_MS)).then(({ ok }) => ok),
    false,
  );
  assert.deepEqual(eventsOf(scene), ['session.failed refused']);
  const { names, value: drawn } = await scene.done(confirmTotp(scene.deps, context, codeAt(app, scene.now)));
  assert.deepEqual(names, ['second_factor.added']);
  assert.equal(new Set(drawn.codes.map((code) => code.reveal())).size, 10);
  for (const code of drawn.codes) assert.match(code.reveal(), /^(?:[0-9a-z]{4}-){3}[0-9a-z]{4}$/);
  await refusedAs(scene, enter(scene, null), 'second-factor-required', 'second_factor.required refused');
  assert.equal((await scene.refused(beginTotp(scene.deps, context))).kind, 'second-factor-exists');
});

test('nobody learns of a second factor without the password (U7, T3)', async () => {
  const { scene, app } = await withFactor();
  for (const second of [null, totp(codeAt(app, scene.now))]) {
    const outcome = enter(scene, second, passwordOf('rob'));
    await refusedAs(scene, outcome, 'sign-in-failed', 'session.failed refused');
  }
  // The right code that was shown beside a wrong password was not used up.
  assert.ok((await enter(scene, totp(codeAt(app, scene.now)))).ok);
});

test('a code is taken one step off at most, and once; nor is an earlier one after it (U7)', async () => {
  const { scene, app } = await withFactor();
  scene.pass(10 * STEP_MS);
  const { now } = scene;
  for (const off of [-2, 2]) {
    const outcome = enter(scene, totp(codeAt(app, now + off * STEP_MS)));
    await refusedAs(scene, outcome, 'second-factor-wrong', 'session.failed refused');
  }
  for (const off of [-1, 0, 1]) {
    assert.ok((await enter(scene, totp(codeAt(app, now + off * STEP_MS)))).ok, `${off} steps off`);
    assert.deepEqual(eventsOf(scene), ['session.created success']);
  }
  for (const off of [1, 0, -1]) {
    const outcome = enter(scene, totp(codeAt(app, now + off * STEP_MS)));
    await refusedAs(scene, outcome, 'second-factor-wrong', 'session.failed refused');
  }
});

test('of two sign-ins with one code at the same time one gets in (U7)', async () => {
  const { scene, app, codes } = await withFactor();
  for (const second of [totp(codeAt(app, scene.now)), recovery(codes[0] ?? assert.fail())]) {
    const outcomes = await Promise.all([enter(scene, second), enter(scene, second)]);
    assert.equal(outcomes.filter(({ ok }) => ok).length, 1);
  }
});

test('recovery codes work once each, however they are typed, until there are new ones (U7)', async () => {
  const { scene, codes } = await withFactor();
  const [first, second] = [codes[0] ?? assert.fail(), codes[1] ?? assert.fail()];
  const typed = new Secret(first.reveal().toUpperCase().replaceAll('-', ' '));
  assert.ok((await enter(scene, recovery(typed))).ok);
  assert.deepEqual(eventsOf(scene), ['second_factor.recovery_used success', 'session.created success']);
  await refusedAs(scene, enter(scene, recovery(first)), WRONG.kind, 'session.failed refused');
  const context = await scene.as('rita');
  assert.equal((await scene.answered(listSecondFactors(scene.deps, context))).recoveryCodesLeft, 9);
  const replaced = await scene.done(replaceRecoveryCodes(scene.deps, context));
  assert.deepEqual(replaced.names, ['second_factor.recovery_codes_created']);
  await refusedAs(scene, enter(scene, recovery(second)), WRONG.kind, 'session.failed refused');
  assert.ok((await enter(scene, recovery(replaced.value.codes[0] ?? assert.fail()))).ok);
});

test('a new proof takes the second factor too (U8)', async () => {
  const { scene, app } = await withFactor();
  const context = await scene.as('rita');
  const prove = (second: SecondProof) => reauthenticate(scene.deps, context, { password: passwordOf('rita'), second });
  const bare = await prove(null);
  assert.equal(bare.ok ? null : bare.refusal.kind, 'second-factor-required');
  eventsOf(scene);
  assert.deepEqual((await scene.done(prove(totp(codeAt(app, scene.now))))).names, ['session.proven']);
});

test('removing takes the codes along; every change takes a fresh proof (U7, U8)', async () => {
  const { scene } = await withFactor();
  const stale: CommandContext = await scene.as('rita');
  scene.pass(FRESH_PROOF_MS + 1);
  const late = { ...stale, change: scene.anonymous().change };
  for (const act of [beginTotp, removeTotp, replaceRecoveryCodes]) {
    assert.equal((await scene.refused(act(scene.deps, late))).kind, 'fresh-proof-required');
  }
  const refusal = await scene.refused(confirmTotp(scene.deps, late, new Secret('000000')));
  assert.equal(refusal.kind, 'fresh-proof-required');
  const context = await scene.as('rita');
  assert.deepEqual((await scene.done(removeTotp(scene.deps, context))).names, ['second_factor.removed']);
  assert.deepEqual((await scene.done(removeTotp(scene.deps, context))).names, []);
  assert.equal((await scene.refused(replaceRecoveryCodes(scene.deps, context))).kind, 'second-factor-missing');
  assert.ok((await enter(scene, null)).ok);
});
