import assert from 'node:assert/strict';
import { DAY_MS, formatInstant, type IdleRule, IDLE_NOTICE_DAYS, type KeyId, plusMs } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { type IdleKeysDeps, idleKeysJob } from '../jobs/idle-keys.ts';
import type { MailMessage } from '../mail/messages.ts';
import { changeAccount } from './change-account.ts';
import { changeUser } from './change-user.ts';
import { deleteKey } from './delete-key.ts';
import { enableKey } from './enable-key.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { openScene, type Scene } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('idle-rule', openSqlite);
});
afterAll(() => installation.close());

/** A fresh account with a rule, set now. */
async function withRule(idleRule: IdleRule): Promise<Scene> {
  const scene = await openScene(installation);
  const done = await scene.done(changeAccount(scene.deps, await scene.as('olga'), { idleRule }));
  assert.deepEqual(done.names, ['account.changed']);
  return scene;
}

/** The job for this account alone, as one process runs it. */
function jobOf(scene: Scene, flushUses: IdleKeysDeps['flushUses'] = async () => undefined) {
  const { read, change, randomBytes } = scene.deps;
  const onlyThis: typeof read = async (work) => {
    const found = await read(work);
    return (Array.isArray(found) ? found.filter((id) => id === scene.account.id) : found) as typeof found;
  };
  const clock = { storable: () => scene.now };
  return idleKeysJob({ commands: { read: onlyThis, change, randomBytes }, clock, flushUses });
}

async function run(scene: Scene): Promise<readonly string[]> {
  await jobOf(scene).run(NEVER);
  return scene.eventsSince().map(({ event_name, resource_id }) => `${event_name} ${resource_id}`);
}

/** The server goes on. */
const NEVER = new AbortController().signal;

type IdleFacts = Extract<MailMessage, { readonly template: 'keys_idle' }>['facts'];

function factsOf(mail: { readonly facts: unknown } | undefined): IdleFacts {
  assert.ok(mail !== undefined, 'no mail was queued');
  return mail.facts as IdleFacts;
}

const use = (scene: Scene, keyId: KeyId) =>
  scene.store.flush({ uses: [{ keyId, at: scene.now }], storable: scene.now });

test('idle keys are reported once in each idle time, by the rule, with one mail to each who administers (E14)', async () => {
  const scene = await withRule({ days: 30, action: 'report' });
  const [idle, used] = [(await scene.give('rita')).key, (await scene.give('rob')).key];
  scene.pass(30 * DAY_MS - 1);
  assert.deepEqual(await run(scene), []);
  await use(scene, used.id);
  scene.pass(1);
  await jobOf(scene).run(NEVER);
  const [event, ...none] = scene.eventsSince();
  assert.deepEqual(none, []);
  assert.deepEqual(
    [event?.event_name, event?.resource_id, event?.affected_user_id],
    ['key.reported_idle', idle.id, idle.ownerId],
  );
  assert.equal(event?.actor, JSON.stringify({ kind: 'system', id: 'idle_rule' }));
  const people = [await scene.person('olga'), await scene.person('adam'), await scene.person('ada')];
  const mails = scene.mails();
  assert.deepEqual(
    mails.map(({ recipient }) => recipient).toSorted(),
    people.map(({ email }) => String(email)).toSorted(),
  );
  const { id, name, kind, hint } = idle;
  assert.deepEqual(mails[0], {
    recipient: mails[0]?.recipient,
    template: 'keys_idle',
    facts: {
      days: 30,
      action: 'report',
      disablesFrom: null,
      count: 1,
      keys: [{ id, name, kind, hint, ownerName: 'rita' }],
    },
  });
  scene.pass(DAY_MS);
  assert.deepEqual([await run(scene), scene.mails().length], [[], 3]);
  await use(scene, idle.id);
  scene.pass(30 * DAY_MS);
  assert.deepEqual(
    (await run(scene)).toSorted(),
    [`key.reported_idle ${idle.id}`, `key.reported_idle ${used.id}`].toSorted(),
  );
});

test('a rule that disables gives notice first, then stops keys; whoever enables one has the whole time again (E14, X4)', async () => {
  const scene = await openScene(installation);
  const { key } = await scene.give('rita');
  scene.pass(90 * DAY_MS);
  const idleRule = { days: 30, action: 'disable' } as const;
  await scene.done(changeAccount(scene.deps, await scene.as('olga'), { idleRule }));
  const disablesFrom = formatInstant(plusMs(scene.now, IDLE_NOTICE_DAYS * DAY_MS));
  assert.deepEqual(await run(scene), [`key.reported_idle ${key.id}`]);
  assert.deepEqual(factsOf(scene.mails()[0]).disablesFrom, disablesFrom);
  scene.pass(IDLE_NOTICE_DAYS * DAY_MS - 1);
  assert.deepEqual(await run(scene), []);
  scene.pass(1);
  assert.deepEqual(await run(scene), [`key.disabled ${key.id}`]);
  const stopped = await scene.key(key.id);
  assert.deepEqual([stopped?.disabledAt, stopped?.disabledReason], [scene.now, 'idle']);
  assert.deepEqual(factsOf(scene.mails().at(-1)).action, 'disable');
  assert.deepEqual(await run(scene), []);
  await scene.done(enableKey(scene.deps, await scene.as('rita'), key.id));
  assert.deepEqual(await run(scene), []);
  scene.pass(30 * DAY_MS - 1);
  assert.deepEqual(await run(scene), []);
  scene.pass(1);
  assert.deepEqual(await run(scene), [`key.disabled ${key.id}`]);
});

test('two processes at once report each key once and tell everybody once (E14)', async () => {
  const scene = await withRule({ days: 1, action: 'report' });
  for (let index = 0; index < 120; index += 1) await scene.give('rita');
  scene.pass(DAY_MS);
  await Promise.all([jobOf(scene).run(NEVER), jobOf(scene).run(NEVER)]);
  const events = scene.eventsSince();
  assert.equal(events.length, 120);
  assert.equal(new Set(events.map(({ resource_id }) => resource_id)).size, 120);
  const mails = scene.mails();
  assert.equal(mails.length, 3);
  const { count, keys } = factsOf(mails[0]);
  assert.deepEqual([count, keys.length], [120, 100]);
});

test('what the rule does during a day is told the next day, in one mail (E14)', async () => {
  const scene = await withRule({ days: 1, action: 'report' });
  await scene.give('rita');
  scene.pass(DAY_MS / 2);
  await scene.give('rita');
  await scene.give('rob');
  scene.pass(DAY_MS / 2);
  const counts = () => scene.mails().map((mail) => factsOf(mail).count);
  await jobOf(scene).run(NEVER);
  assert.deepEqual(counts(), [1, 1, 1]);
  scene.pass(DAY_MS / 2);
  assert.equal((await run(scene)).length, 3);
  assert.deepEqual(counts(), [1, 1, 1]);
  scene.pass(DAY_MS / 2 - 1);
  await jobOf(scene).run(NEVER);
  assert.deepEqual(counts(), [1, 1, 1]);
  scene.pass(1);
  await jobOf(scene).run(NEVER);
  assert.deepEqual(counts(), [1, 1, 1, 2, 2, 2]);
});

test('nothing is done while uses cannot be written down, and nothing without a rule (E14, D13)', async () => {
  const scene = await withRule({ days: 1, action: 'report' });
  await scene.give('rita');
  scene.pass(2 * DAY_MS);
  const broken = jobOf(scene, async () => {
    throw new Error('the disk is full');
  });
  await assert.rejects(broken.run(NEVER), /the disk is full/);
  assert.deepEqual(scene.eventsSince(), []);
  await scene.done(changeAccount(scene.deps, await scene.as('olga'), { idleRule: null }));
  assert.deepEqual(await run(scene), []);
});

test('deleted keys are told of no more, and keys of disabled users are left alone (E14, K10, U5)', async () => {
  const scene = await withRule({ days: 1, action: 'report' });
  const [gone, robs] = [(await scene.give('rita')).key, (await scene.give('rob')).key];
  await scene.done(changeUser(scene.deps, await scene.as('olga'), { userId: robs.ownerId, isDisabled: true }));
  scene.pass(DAY_MS);
  await scene.done(deleteKey(scene.deps, await scene.as('olga'), gone.id));
  assert.deepEqual([await run(scene), scene.mails()], [[], []]);
});
