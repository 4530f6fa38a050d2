import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changed } from '../contract-tests/database.ts';
import { contextOf, newInstallation } from '../contract-tests/installation.ts';
import { pragma, refuseOldSqlite, refuseUnlessDurable } from './durability.ts';
import { sqliteFault } from './faults.ts';
import { openSqlite } from './open.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'claviger-sqlite-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const { deps } = newInstallation();

/** A process that opens the store of the folder and holds it until it is killed. */
function holder(): ReturnType<typeof spawn> {
  const script = `
    import { openSqlite } from ${JSON.stringify(new URL('open.ts', import.meta.url).href)};
    import { newInstallation } from ${JSON.stringify(new URL('../contract-tests/installation.ts', import.meta.url).href)};
    await openSqlite({ ...newInstallation().deps, isSigned: () => true }, { folder: ${JSON.stringify(folder)} });
    process.stdout.write('held');
    process.stdin.resume();`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
}

test('a second process on one data folder is refused with one clear line, and a kill gives it free (Q5)', async () => {
  const first = holder();
  if (first.stdout === null) throw new Error('the process has no output');
  await once(first.stdout, 'data');
  const lenient = { ...deps, isSigned: () => true };
  await expect(openSqlite(lenient, { folder })).rejects.toMatchObject({
    name: 'StartRefusal',
    message: expect.stringMatching(/^Another process of Claviger is using the data folder .*: stop it first.*$/),
  });
  first.kill('SIGKILL');
  await once(first, 'exit');
  const store = await openSqlite(lenient, { folder });
  expect(await store.isReachable()).toBe(true);
  await store.close();
});

test('one process does not open a folder twice either (Q5)', async () => {
  const store = await openSqlite(deps, { folder });
  await expect(openSqlite(deps, { folder })).rejects.toMatchObject({ name: 'StartRefusal' });
  await store.close();
  await (await openSqlite(deps, { folder })).close();
});

test('a change takes the lock when it begins, so that it cannot fail for another writer half way', async () => {
  const store = await openSqlite(deps, { folder });
  const other = new DatabaseSync(join(folder, 'claviger.db'), { timeout: 0 });
  await changed(store, contextOf(null), async () => {
    expect(() => other.exec('begin immediate')).toThrow(/locked/);
  });
  other.exec('begin immediate; rollback');
  other.close();
  await store.close();
});

test('a clean close leaves one file and no log behind', async () => {
  await (await openSqlite(deps, { folder })).close();
  expect(existsSync(join(folder, 'claviger.db-wal'))).toBe(false);
});

test('a connection that does not wait for the disk is refused (Q2)', async () => {
  await expect(openSqlite(deps, { folder, synchronous: 'normal' })).rejects.toThrow(/synchronous is 1/);
  await expect(openSqlite(deps, { folder, synchronous: 'off' })).rejects.toThrow(/synchronous is 0/);
  await (await openSqlite(deps, { folder, synchronous: 'extra' })).close();
});

test('the settings of a connection are read back, each of them (Q2)', () => {
  const database = new DatabaseSync(join(folder, 'any.db'));
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
  expect(() => refuseUnlessDurable(database)).not.toThrow();
  database.exec('pragma synchronous = normal');
  expect(() => refuseUnlessDurable(database)).toThrow(/power cut/);
  database.exec('pragma synchronous = full; pragma foreign_keys = off');
  expect(() => refuseUnlessDurable(database)).toThrow(/foreign_keys/);
  database.exec('pragma foreign_keys = on; pragma journal_mode = delete');
  expect(() => refuseUnlessDurable(database)).toThrow(/journal_mode is delete/);
  database.close();
});

test('a SQLite older than 3.51.3 is refused, and this one is not (Q5)', () => {
  for (const version of ['3.51.2', '3.50.99', '2.99.99', 'none'])
    expect(() => refuseOldSqlite(version)).toThrow(/too old/);
  for (const version of ['3.51.3', '3.51.10', '3.53.4', '4.0.0']) expect(() => refuseOldSqlite(version)).not.toThrow();
});

test("a file that is no database, and another program's database, are left as they are", async () => {
  const path = join(folder, 'claviger.db');
  const refusal = { name: 'StartRefusal', message: expect.stringMatching(/is not a database of Claviger/) };
  writeFileSync(path, 'a letter to my aunt, which is long enough to look like a header, or is it not?'.repeat(20));
  await expect(openSqlite(deps, { folder })).rejects.toMatchObject(refusal);
  rmSync(path);
  const foreign = new DatabaseSync(path);
  foreign.exec('create table recipes (id integer)');
  await expect(openSqlite(deps, { folder })).rejects.toMatchObject(refusal);
  expect(pragma(foreign, 'journal_mode')).toBe('delete');
  foreign.exec('drop table recipes; pragma application_id = 7');
  foreign.close();
  await expect(openSqlite(deps, { folder })).rejects.toMatchObject(refusal);
});

test('a folder that cannot be had is refused with its name', async () => {
  writeFileSync(join(folder, 'file'), '');
  await expect(openSqlite(deps, { folder: join(folder, 'file', 'data') })).rejects.toMatchObject({
    name: 'StartRefusal',
  });
});

test('a full disk, a locked and a broken file are faults that say so; mistakes of ours are none (Q3)', () => {
  const path = join(folder, 'any.db');
  const database = new DatabaseSync(path, { timeout: 0 });
  database.exec('create table t (a text) strict; pragma max_page_count = 2');
  const faultOf = (sql: string, on = database) => {
    try {
      on.exec(sql);
    } catch (error) {
      return sqliteFault(error)?.kind ?? 'none of ours';
    }
    return 'nothing';
  };
  expect(faultOf('insert into t values (hex(zeroblob(100000)))')).toBe('unavailable');
  const other = new DatabaseSync(path, { timeout: 0 });
  other.exec('begin immediate');
  expect(faultOf("insert into t values ('x')")).toBe('unavailable');
  other.exec('rollback');
  expect(faultOf('insert into nowhere values (1)')).toBe('none of ours');
  const readOnly = new DatabaseSync(path, { readOnly: true });
  expect(faultOf("insert into t values ('x')", readOnly)).toBe('unavailable');
  for (const one of [database, other, readOnly]) one.close();
  writeFileSync(path, 'x'.repeat(5_000));
  const broken = new DatabaseSync(path);
  expect(faultOf('select * from t', broken)).toBe('damaged');
  broken.close();
  expect(sqliteFault(new Error('no error of SQLite'))).toBeNull();
});

test('an event is not overwritten by an insert that replaces, which would fire no delete trigger (A4)', async () => {
  await (await openSqlite(deps, { folder })).close();
  const database = new DatabaseSync(join(folder, 'claviger.db'));
  const columns = database
    .prepare('select * from audit_events')
    .columns()
    .map((column) => column.name);
  const values = columns.map((name) => (name === 'version' ? '1' : `'x'`)).join(',');
  database.exec(`insert into audit_events (${columns.join(',')}) values (${values})`);
  expect(() => database.exec(`insert or replace into audit_events (${columns.join(',')}) values (${values})`)).toThrow(
    /append-only/,
  );
  database.close();
});
