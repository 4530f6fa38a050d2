import assert from 'node:assert/strict';
import { DAY_MS, lifespan, plusMs } from '@claviger/core';
import { openSqlite, type Page, type PageRequest } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { changeUser } from './change-user.ts';
import { disableKey } from './disable-key.ts';
import { findKey } from './find-key.ts';
import { type ListKeysInput, listKeys } from './list-keys.ts';
import type { ShownKey } from './shown-key.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { type Name, openScene, PEOPLE, type Scene } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('list-keys', openSqlite);
});
afterAll(() => installation.close());

const PAGE = { cursor: null, limit: 100 };
const NAMES = Object.keys(PEOPLE) as readonly Name[];

async function namesIn(scene: Scene, caller: Name, input: Partial<ListKeysInput> = {}): Promise<readonly string[]> {
  const { items } = await scene.answered(listKeys(scene.deps, await scene.as(caller), { page: PAGE, ...input }));
  return items.map(({ key }) => key.name).sort();
}

/** A scene in which everybody has one key, named after them. */
async function openEverybodysScene(): Promise<Scene> {
  const scene = await openScene(installation);
  for (const name of NAMES) await scene.give(name, { name });
  return scene;
}

test('lists show exactly the keys that the caller may manage (K9, U3)', async () => {
  const scene = await openEverybodysScene();
  assert.deepEqual(await namesIn(scene, 'olga'), ['ada', 'adam', 'olga', 'rita', 'rob']);
  assert.deepEqual(await namesIn(scene, 'adam'), ['adam', 'rita', 'rob']);
  assert.deepEqual(await namesIn(scene, 'rita'), ['rita']);
});

test('a key is found by exactly those who see it in their list; for all others it is absent (K9)', async () => {
  const scene = await openScene(installation);
  for (const owner of NAMES) {
    const { key } = await scene.give(owner, { name: owner });
    for (const caller of NAMES) {
      const isListed = (await namesIn(scene, caller)).includes(owner);
      const found = findKey(scene.deps, await scene.as(caller), key.id);
      if (isListed) assert.deepEqual((await scene.answered(found)).key, key);
      else assert.deepEqual(await scene.refused(found), { kind: 'key-not-found', keyId: key.id });
    }
  }
});

test("asking for somebody else's keys finds nothing, as asking for nobody's (K9)", async () => {
  const scene = await openEverybodysScene();
  const ids = new Map(await Promise.all(NAMES.map(async (name) => [name, (await scene.person(name)).id] as const)));
  const foreign = await (await openScene(installation)).person('rita');
  const cases = [
    ['rita', ids.get('rob'), []],
    ['adam', ids.get('ada'), []],
    ['adam', ids.get('rita'), ['rita']],
    ['olga', ids.get('ada'), ['ada']],
    ['olga', foreign.id, []],
  ] as const;
  for (const [caller, ownerId, expected] of cases) {
    assert.ok(ownerId !== undefined);
    assert.deepEqual(await namesIn(scene, caller, { ownerId }), expected);
  }
});

test('filters narrow by kind, status, expiry, use and text', async () => {
  const scene = await openScene(installation);
  await scene.give('rita', { name: 'old one' });
  scene.pass(10 * DAY_MS);
  await scene.give('rita', { name: 'short', lifespan: lifespan(30) });
  await scene.give('rita', { name: 'long', lifespan: lifespan(31), kind: 'write_only' });
  const stopped = await scene.give('rita', { name: 'stopped' });
  await scene.give('rita', { name: 'dead', lifespan: lifespan(1) });
  await scene.done(disableKey(scene.deps, await scene.as('rita'), stopped.key.id));
  const cases: readonly (readonly [Partial<ListKeysInput>, readonly string[]])[] = [
    [{ kind: 'write_only' }, ['long']],
    [{ status: 'disabled' }, ['stopped']],
    [{ status: 'expiring' }, ['dead', 'short']],
    [{ status: 'active' }, ['long', 'old one']],
    [{ expiresBefore: plusMs(scene.now, 30 * DAY_MS) }, ['dead']],
    [{ expiresBefore: plusMs(scene.now, 30 * DAY_MS + 1) }, ['dead', 'short']],
    [{ unusedDays: 9 }, ['old one']],
    [{ unusedDays: 10 }, []],
    [{ unusedDays: 100_000 }, []],
    [{ text: 'LD O' }, ['old one']],
    [{ text: stopped.key.id.slice(0, 10) }, ['stopped']],
  ];
  for (const [input, expected] of cases) {
    assert.deepEqual(await namesIn(scene, 'rita', input), expected, JSON.stringify(input));
  }
  scene.pass(DAY_MS);
  assert.deepEqual(await namesIn(scene, 'rita', { status: 'expired' }), ['dead']);
});

test('pages follow one another, newest first, without gap or double', async () => {
  const scene = await openScene(installation);
  for (let index = 0; index < 5; index += 1) {
    await scene.give('rita', { name: String(index) });
    scene.pass(1000);
  }
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: PageRequest = { cursor, limit: 2 };
    const listed: Page<ShownKey> = await scene.answered(listKeys(scene.deps, await scene.as('rita'), { page }));
    seen.push(...listed.items.map(({ key }) => key.name));
    cursor = listed.nextCursor;
  } while (cursor !== null);
  assert.deepEqual(seen, ['4', '3', '2', '1', '0']);
});

test('a key is shown with what its status depends on (U5, R1)', async () => {
  const scene = await openScene(installation, {}, { reminderDays: 7 });
  await scene.give('rita');
  const { id: userId } = await scene.person('rita');
  await scene.done(changeUser(scene.deps, await scene.as('olga'), { userId, isDisabled: true }));
  const { items } = await scene.answered(listKeys(scene.deps, await scene.as('olga'), { page: PAGE }));
  assert.deepEqual(
    items.map(({ isOwnerDisabled, reminderDays }) => [isOwnerDisabled, reminderDays]),
    [[true, 7]],
  );
});
