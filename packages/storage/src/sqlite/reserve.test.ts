import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plusMs } from '@claviger/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changed } from '../contract-tests/database.ts';
import {
  contextOf,
  newAccount,
  newInstallation,
  newKey,
  newSession,
  newUser,
  NOW,
} from '../contract-tests/installation.ts';
import { createStore } from '../create-store.ts';
import type { Key } from '../entities.ts';
import { StoreFault } from '../faults.ts';
import { createdKey } from '../keys.ts';
import { openSqliteEngine } from './open.ts';
import { openReserve, RESERVE_BYTES } from './reserve.ts';

let folder: string;
let reserve: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'claviger-reserve-'));
  reserve = join(folder, 'reserve');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the room is kept back, given free once, and taken back when there is room again, not asked for all the time (A2)', () => {
  const first = openReserve(folder);
  expect(first.use()).toBe(false);
  expect(first.refill(NOW)).toBe(true);
  first.keep();
  expect(statSync(reserve).size).toBe(RESERVE_BYTES);
  expect(first.refill(NOW)).toBe(true);
  first.keep();
  // It is still there after a restart.
  expect(openReserve(folder).use()).toBe(true);
  expect(existsSync(reserve)).toBe(false);
  expect(first.use()).toBe(true);
  expect(first.use()).toBe(false);
  // A folder in its place: the room cannot be had.
  mkdirSync(reserve);
  expect(first.refill(NOW)).toBe(false);
  rmSync(reserve, { recursive: true });
  expect(first.refill(plusMs(NOW, 9_999))).toBe(false);
  expect(first.refill(plusMs(NOW, 10_000))).toBe(true);
  expect(statSync(reserve).size).toBe(RESERVE_BYTES);
});

test('on a full disk keys are still force-expired, disabled and deleted and sessions used and ended, and nothing else is done (A2)', async () => {
  const on = newInstallation();
  const engine = await openSqliteEngine(on.deps, { folder });
  let isDiskFull = false;
  const fillsUp = async (): Promise<void> => {
    // The disk has room as long as the reserve is given free.
    if (isDiskFull && existsSync(reserve)) throw new StoreFault('unavailable', 'full', { isDiskFull: true });
  };
  const store = createStore({ ...engine, wakeOthers: fillsUp }, on.deps);
  const account = newAccount(on);
  const owner = newUser(on, account.id, { userType: 'owner' });
  const keys = [newKey(on, owner), newKey(on, owner), newKey(on, owner)] as const;
  const session = newSession(on, owner);
  await changed(store, contextOf(null), async (change) => {
    await change.accounts.create(account);
    await change.users.create(owner, null);
    await change.sessions.create(session);
    for (const key of keys) await change.keys.create(key);
  });
  await store.flush({ uses: [], storable: NOW });
  const [first, second, third] = keys.map(createdKey) as [Key, Key, Key];
  isDiskFull = true;
  const later = contextOf(account.id, { now: plusMs(NOW, 60_000) });
  const full = { name: 'StoreFault', kind: 'unavailable', isDiskFull: true };
  await expect(changed(store, later, (change) => change.keys.create(newKey(on, owner)))).rejects.toMatchObject(full);
  expect(existsSync(reserve)).toBe(true);
  const end = { at: NOW, by: owner.id, reason: 'compromised', note: null } as const;
  await changed(store, later, (change) => change.keys.forceExpire(first, end));
  expect(existsSync(reserve)).toBe(false);
  await changed(store, later, (change) => change.keys.disable(second, 'request'));
  await changed(store, later, (change) => change.keys.delete(third));
  await changed(store, later, (change) => change.sessions.touch(session));
  await changed(store, later, (change) => change.sessions.end(session));
  // The room that was given free is for these alone.
  mkdirSync(reserve);
  await expect(changed(store, later, (change) => change.keys.enable(second))).rejects.toMatchObject(full);
  rmSync(reserve, { recursive: true });
  isDiskFull = false;
  const muchLater = contextOf(account.id, { now: plusMs(NOW, 120_000) });
  await changed(store, muchLater, (change) => change.keys.enable(second));
  expect(existsSync(reserve)).toBe(true);
  await store.close();
});
