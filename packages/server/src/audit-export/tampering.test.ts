import { createPublicKey, hash, verify } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  chainLink,
  type Checkpoint,
  EVENT_COLUMNS,
  type EventColumns,
  eventDigest,
  GENESIS_HASH,
} from '@claviger/core';
import { type AuditCheckDeps, verifyAuditLog, walkLog } from '@claviger/storage';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cast, openCast } from '../http/testing/cast.ts';
import { send } from '../http/testing/send.ts';
import { openTestPlane, type TestPlane } from '../http/testing/test-plane.ts';
import { createExportCheck, type ExportVerdict } from './check-export.ts';

/** Every byte is changed with RELIABILITY=full; otherwise a few of each field of each event, and every so-manieth of the file. */
const IS_FULL = process.env['RELIABILITY'] === 'full';
const EVENTS = 2_000;
const FIELDS = [...EVENT_COLUMNS, 'previous_hash', 'event_digest', 'record_digest', 'hash', 'record'];

type Row = Readonly<Record<string, unknown>>;

let plane: TestPlane;
let cast: Cast;
let deps: AuditCheckDeps;
let folder: string;
let rows: readonly Row[] = [];
let checkpoint: Checkpoint | null = null;
let exported = '';
beforeAll(async () => {
  plane = await openTestPlane();
  folder = mkdtempSync(join(tmpdir(), 'claviger-tampering-'));
  cast = await openCast(plane, { name: 'Acme' });
  deps = checkDeps();
  // While the log is short: a download of which every line is tried.
  await makeEvents(40);
  const headers = await cast.session('olga');
  const path = '/v1/audit-events/export?event_name=key.created';
  exported = (await send(plane, { method: 'GET', path, headers })).text;
  copyDatabase('older.db');
  await makeEvents(EVENTS - plane.lastVersion());
  checkpoint = await plane.installation.checkpoints.take(plane.installation.clock.now());
  copyDatabase('log.db');
  const database = new DatabaseSync(join(folder, 'log.db'), { readOnly: true });
  rows = database
    .prepare('select e.*, f.record from audit_events e left join feed_records f on f.version = e.version order by 1')
    .all();
  database.close();
}, 120_000);
afterAll(async () => {
  await plane.close();
  rmSync(folder, { recursive: true });
});

/** Keys that are made and renamed by real changes of the real store. */
async function makeEvents(count: number): Promise<void> {
  const rita = await cast.scene.person('rita');
  for (let made = 0; made < count; made += 2) {
    const id = await cast.makeKey(rita, { name: `Key ${made}` });
    await cast.scene.arrange(async (change) => {
      const key = await change.read.keys.find(cast.scene.account.id, id);
      if (key !== null) await change.keys.edit(key, { name: `Renamed ${made}` });
    });
  }
}

function copyDatabase(name: string): void {
  const source = new DatabaseSync(plane.installation.folder.databaseFile);
  source.exec(`vacuum into '${join(folder, name)}'`);
  source.close();
}

function checkDeps(): AuditCheckDeps {
  const pem = plane.installation.folder.read('signing-key.pub');
  if (!pem.ok || pem.value === null) throw new Error('no public key');
  const publicKey = createPublicKey(pem.value);
  return {
    sha256: (text) => hash('sha256', text, 'hex'),
    isSigned: (text, signature) => verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'hex')),
  };
}

/** A text with one byte changed. All that is stored here is ASCII. */
function flipped(text: string, at: number): string {
  return `${text.slice(0, at)}${String.fromCharCode(text.charCodeAt(at) ^ 1)}${text.slice(at + 1)}`;
}

function positionsOf(length: number): readonly number[] {
  if (IS_FULL) return Array.from({ length }, (_, at) => at);
  return length === 0 ? [] : [...new Set([0, length >> 1, length - 1])];
}

/** What the walk says when it comes to a place in the log; the walk goes on from what stands there, so the rest cannot differ. */
function findingsAround(index: number, changed: readonly Row[]): readonly { kind: string; version: number }[] {
  const before = rows[index - 1];
  const start = { version: index, hash: before === undefined ? GENESIS_HASH : String(before['hash']) };
  return walkLog(changed, start, deps).findings;
}

describe('a log of 2,000 events in a data folder (Q32)', () => {
  test('is sound as it is, and the checkpoint vouches for it (A4)', () => {
    const checkpoints = checkpoint === null ? [] : [checkpoint];
    const found = verifyAuditLog(join(folder, 'log.db'), deps, checkpoints);
    expect(found).toEqual({ events: rows.length, findings: [], anchor: checkpoint });
    expect(rows.length).toBeGreaterThanOrEqual(EVENTS);
    expect(checkpoint?.version).toBe(rows.length);
  });

  test('every changed byte of every field of every event is found, at its version (A4)', { timeout: 3_600_000 }, () => {
    let tried = 0;
    for (const [index, row] of rows.entries()) {
      const next = rows.slice(index + 1, index + 2);
      for (const field of FIELDS) {
        if (field === 'version') continue;
        const text = String(row[field]);
        for (const at of positionsOf(text.length)) {
          tried += 1;
          const [first] = findingsAround(index, [{ ...row, [field]: flipped(text, at) }, ...next]);
          if (first?.version !== index + 1)
            expect.fail(`${field} of ${index + 1}, byte ${at}: ${JSON.stringify(first)}`);
        }
      }
    }
    expect(tried).toBeGreaterThan(EVENTS * FIELDS.length);
  });

  test('every event that is deleted, changed with its neighbour or put in twice is found, at its version (A4)', () => {
    for (let index = 0; index + 2 < rows.length; index += 1) {
      const [row = {}, next = {}, third = {}] = rows.slice(index, index + 3);
      const version = index + 1;
      expect(findingsAround(index, [next, third])[0]).toEqual({ kind: 'missing', version });
      const swapped = [
        { ...next, version },
        { ...row, version: version + 1 },
      ];
      expect(findingsAround(index, swapped)[0]).toEqual({ kind: 'changed', version });
      const doubled = [row, { ...row, version: version + 1 }, { ...next, version: version + 2 }];
      expect(findingsAround(index, doubled)[0]).toEqual({ kind: 'changed', version: version + 1 });
    }
  });

  test.each([
    ['another number', 'update audit_events set version = 100000 where version = 700', 'missing', 700],
    ['the end cut off', 'delete from audit_events where version > 1500', 'head-differs', 1_501],
    ['the end and the head cut off', CUT_WITH_HEAD(1_500), 'head-not-signed', 1_500],
    ['the last event once more behind the end', ADDED, 'changed', EVENTS + 1],
    ['a deleted record', 'delete from feed_records where version = 900', 'record-changed', 900],
  ])('%s is found and located in the file itself (A4)', (_name, sql, kind, version) => {
    const file = join(folder, 'damaged.db');
    copyFileSync(join(folder, 'log.db'), file);
    const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
    for (const trigger of ['update', 'delete', 'replace']) database.exec(`drop trigger audit_events_no_${trigger}`);
    database.exec(sql);
    database.close();
    const { findings } = verifyAuditLog(file, deps);
    const place = version === EVENTS + 1 ? rows.length + 1 : version;
    expect(findings[0]).toEqual({ kind, version: place });
  });

  test('an event that is forged with all its digests behind the end is found: the head does not know it (A4)', () => {
    const file = join(folder, 'damaged.db');
    copyFileSync(join(folder, 'log.db'), file);
    const last = rows.at(-1) ?? {};
    const version = rows.length + 1;
    const texts = Object.fromEntries(EVENT_COLUMNS.map((name) => [name, String(last[name])])) as EventColumns;
    const columns = { ...texts, version: String(version), id: `${texts.id.slice(0, -1)}_` };
    const digests = {
      eventDigest: eventDigest(columns, deps.sha256),
      recordDigest: deps.sha256(String(last['record'])),
    };
    const link = chainLink(String(last['hash']), digests, deps.sha256);
    const values = [...Object.values({ ...columns, version }), link.previousHash, link.eventDigest];
    const database = new DatabaseSync(file);
    const names = [...EVENT_COLUMNS, 'previous_hash', 'event_digest', 'record_digest', 'hash'];
    database
      .prepare(`insert into audit_events (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`)
      .run(...values, link.recordDigest, link.hash);
    database.exec(`insert into feed_records select ${version}, account_id, subject_id, record from feed_records
      where version = ${version - 1}`);
    database.close();
    expect(verifyAuditLog(file, deps).findings).toEqual([{ kind: 'head-differs', version }]);
  });

  test('every changed byte of the head is found (A4)', () => {
    for (const column of ['epoch', 'version', 'hash', 'signature']) {
      const length = column === 'epoch' ? 1 : column === 'version' ? 4 : column === 'hash' ? 64 : 128;
      for (let at = 0; at < length; at += IS_FULL ? 1 : 9) {
        const file = join(folder, 'damaged.db');
        copyFileSync(join(folder, 'log.db'), file);
        const database = new DatabaseSync(file);
        const stood = String(database.prepare(`select ${column} as text from feed_head`).get()?.['text']);
        database.prepare(`update feed_head set ${column} = ?`).run(flipped(stood, at));
        database.close();
        expect(verifyAuditLog(file, deps).findings[0]?.kind, `${column}, byte ${at}`).toBe('head-not-signed');
      }
    }
  });

  test('a signature in capitals, or with something behind it, is a changed one (A4)', () => {
    for (const change of ['upper(signature)', "signature || 'zz'"]) {
      const file = join(folder, 'damaged.db');
      copyFileSync(join(folder, 'log.db'), file);
      const database = new DatabaseSync(file);
      database.exec(`update feed_head set signature = ${change}`);
      database.close();
      expect(verifyAuditLog(file, deps).findings[0]?.kind).toBe('head-not-signed');
    }
  });

  test('an older copy with its older head is found by a checkpoint, and by nothing else (A4)', () => {
    const older = join(folder, 'older.db');
    const { events, findings, anchor } = verifyAuditLog(older, deps);
    expect([findings, anchor]).toEqual([[], null]);
    const checkpoints = checkpoint === null ? [] : [checkpoint];
    const found = verifyAuditLog(older, deps, checkpoints);
    expect(found.findings).toEqual([{ kind: 'checkpoint-differs', version: events + 1 }]);
  });

  test('a checkpoint that somebody else wrote is found (A4)', () => {
    const forged = checkpoint === null ? [] : [{ ...checkpoint, time: '2020-01-01T00:00:00.000Z' }];
    const { findings, anchor } = verifyAuditLog(join(folder, 'log.db'), deps, forged);
    expect(findings).toEqual([{ kind: 'checkpoint-not-signed', version: checkpoint?.version }]);
    expect(anchor).toBeNull();
  });
});

function CUT_WITH_HEAD(version: number): string {
  return `delete from audit_events where version > ${version};
    update feed_head set version = ${version}, hash = (select hash from audit_events where version = ${version})`;
}

const ADDED = `insert into audit_events select version + 1, ${EVENT_COLUMNS.filter((name) => name !== 'version').join(', ')},
  previous_hash, event_digest, record_digest, hash from audit_events order by version desc limit 1`;

function checked(lines: readonly string[]): ExportVerdict {
  const check = createExportCheck(deps);
  for (const line of lines) check.line(Buffer.from(line, 'latin1'));
  return check.end();
}

describe('a downloaded log (Q32)', () => {
  const linesOf = (): readonly string[] => exported.split('\n').slice(0, -1);

  test('every changed byte is found, in its line or at the end that signs all of it (A4)', {
    timeout: 3_600_000,
  }, () => {
    const lines = linesOf();
    expect(checked(lines).findings).toEqual([]);
    const step = IS_FULL ? 1 : 41;
    for (const [index, line] of lines.entries()) {
      for (let at = index % step; at < line.length; at += step) {
        const [first] = checked(lines.with(index, flipped(line, at))).findings;
        const place = `line ${index + 1}, byte ${at}: ${JSON.stringify(first)}`;
        expect(first, place).toBeDefined();
        const isBody = index > 0 && index < lines.length - 1;
        if (isBody) expect(first?.line, place).toBe(index + 1);
      }
    }
  });

  test('every line that is deleted, changed with the next or put in twice is found, where it was (A4)', () => {
    const lines = linesOf();
    for (let index = 1; index < lines.length - 2; index += 1) {
      const [line = '', next = ''] = lines.slice(index, index + 2);
      const version = index;
      expect(checked(lines.toSpliced(index, 1)).findings[0]?.version).toBe(version);
      expect(checked(lines.toSpliced(index, 2, next, line)).findings[0]?.version).toBe(version);
      expect(checked(lines.toSpliced(index, 0, line)).findings[0]?.line).toBe(index + 2);
    }
  });

  test('a file that was cut off anywhere is found (A4)', () => {
    const lines = linesOf();
    for (let length = 0; length < lines.length; length += 1) {
      expect(checked(lines.slice(0, length)).findings.map(({ kind }) => kind)).toContain('cut-off');
    }
  });

  test('an event that was replaced by its bare link is found (A5)', () => {
    const lines = linesOf();
    const index = lines.findIndex((line) => line.startsWith('{"object":"event"'));
    const {
      stored,
      event_digest,
      record_digest,
      hash: own,
    } = JSON.parse(lines[index] ?? '') as {
      stored: { version: string };
      event_digest: string;
      record_digest: string;
      hash: string;
    };
    const version = Number(stored.version);
    const link = JSON.stringify({ object: 'link', version, event_digest, record_digest, hash: own });
    expect(checked(lines.with(index, link)).findings[0]?.kind).toBe('missing');
  });
});
