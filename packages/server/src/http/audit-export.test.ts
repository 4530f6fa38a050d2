import { verify, createPublicKey, hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SessionId } from '@claviger/core';
import { type AuditCheckDeps, type Store, verifyAuditLog } from '@claviger/storage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createExportCheck, type ExportVerdict } from '../audit-export/check-export.ts';
import { csvCell } from '../audit-export/write-csv.ts';
import { type CallerHeaders, type Cast, openCast } from './testing/cast.ts';
import { send } from './testing/send.ts';
import { openTestPlane, type TestPlane } from './testing/test-plane.ts';

/** Holds the reads of a download back, one by one. */
type Gate = { isClosed: boolean; waiting: (() => void)[]; reads: number };

let plane: TestPlane;
let own: Cast;
let other: Cast;
let olga: CallerHeaders;
const gate: Gate = { isClosed: false, waiting: [], reads: 0 };
beforeAll(async () => {
  plane = await openTestPlane({}, (deps) => ({ ...deps, read: gated(deps.read) }));
  own = await openCast(plane, { name: 'Acme' });
  other = await openCast(plane, { name: 'Rival Holding' });
  olga = await own.session('olga');
});
afterAll(() => plane.close());

function gated(read: Store['read']): Store['read'] {
  return async (work) => {
    if (gate.isClosed) {
      gate.reads += 1;
      await new Promise<void>((resolve) => gate.waiting.push(resolve));
    }
    return read(work);
  };
}

const download = (query = '', headers = olga) =>
  send(plane, { method: 'GET', path: `/v1/audit-events/export${query}`, headers });

function checkDeps(): AuditCheckDeps {
  const pem = plane.installation.folder.read('signing-key.pub');
  if (!pem.ok || pem.value === null) throw new Error('no public key');
  const publicKey = createPublicKey(pem.value);
  return {
    sha256: (text) => hash('sha256', text, 'hex'),
    isSigned: (text, signature) => verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'hex')),
  };
}

function checked(text: string): ExportVerdict {
  const check = createExportCheck(checkDeps());
  for (const line of text.split('\n').slice(0, -1)) check.line(Buffer.from(line));
  return check.end();
}

const linesOf = (text: string): readonly Record<string, unknown>[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('the Owner downloads everything as JSON lines that the public key proves, and the download is an event (A2, A4, A5)', async () => {
  const answer = await download();
  expect(answer.status).toBe(200);
  expect(answer.names).toEqual(['audit_log.downloaded']);
  expect(answer.headers.get('content-type')).toBe('application/jsonl');
  expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="audit-log-\w+\.jsonl"$/);
  const verdict = checked(answer.text);
  const events = linesOf(answer.text).filter((line) => line['object'] === 'event');
  expect(verdict).toMatchObject({ findings: [], hasLinks: true, events: events.length });
  expect(verdict.head?.version).toBe(answer.events[0]?.version);
  expect(events.at(-1)?.['event_name']).toBe('audit_log.downloaded');
  const listed = await send<{ data: unknown[] }>(plane, { method: 'GET', path: '/v1/audit-events', headers: olga });
  const [newest] = listed.body.data;
  expect(events.at(-1)).toMatchObject(newest as object);
});

test('of another account a download holds nothing but links (T1, A5)', async () => {
  const rival = await other.scene.person('rita');
  const { text } = await download();
  for (const mark of ['Rival', other.scene.account.id, rival.id]) expect(text).not.toContain(mark);
  expect(linesOf(text).some((line) => line['object'] === 'link')).toBe(true);
  expect(checked(text).findings).toEqual([]);
});

test('others download what is about themselves and their keys, without links, and can prove it too (A5)', async () => {
  const rita = await own.scene.person('rita');
  const answer = await download('?links=true', await own.session('rita'));
  const lines = linesOf(answer.text);
  expect(lines.filter((line) => line['object'] === 'link')).toEqual([]);
  const events = lines.filter((line) => line['object'] === 'event');
  expect(events.length).toBeGreaterThan(1);
  expect(events.every((event) => event['affected_user_id'] === rita.id)).toBe(true);
  expect(checked(answer.text)).toMatchObject({ findings: [], hasLinks: false, events: events.length });
});

test('filters hold for downloads; the event and the file say which, and keep nothing that was pasted in (A3, A5)', async () => {
  const narrow = await download('?event_name=user.created&links=false');
  const names = linesOf(narrow.text).flatMap((line) => line['event_name'] ?? []);
  expect(names).toEqual(Array.from({ length: 5 }, () => 'user.created'));
  const secret = (await own.makeKeyText(await own.scene.person('adam'), {})).text.reveal();
  const pasted = await download(`?actor_id=${secret}&result=success`);
  expect(pasted.status).toBe(200);
  const [header] = linesOf(pasted.text);
  const filters = { actor_id: '[neither a name nor an id]', result: 'success' };
  expect(header).toMatchObject({ object: 'audit_log_export', filters });
  expect(JSON.parse(pasted.events[0]?.changes ?? '')).toEqual([
    { attribute: 'format', old: null, new: 'jsonl' },
    { attribute: 'filters', old: null, new: filters },
  ]);
  expect(JSON.stringify([plane.eventsAfter(0), plane.logged, pasted.text])).not.toContain(secret.slice(12));
});

test('a spreadsheet takes no cell for a formula, and every cell can be read back (A5)', async () => {
  const headers = { ...olga, 'user-agent': '=HYPERLINK("http://evil.example","click")' };
  const answer = await download('?format=csv', headers);
  expect(answer.headers.get('content-type')).toMatch(/^text\/csv/);
  const [names, ...rows] = answer.text.split('\r\n').slice(0, -1).map(cellsOf);
  expect(names?.slice(0, 4)).toEqual(['id', 'version', 'time', 'event_name']);
  expect(rows.every((row) => row.length === names?.length)).toBe(true);
  expect(rows.at(-1)?.[names?.indexOf('user_agent') ?? -1]).toBe(`'${headers['user-agent']}`);
  for (const start of ['=', '+', '-', '@', '\t', '\r', '\n', ' =', '\uff1d']) {
    expect(csvCell(`${start}1+1`)).toBe(`"'${start}1+1"`);
  }
  expect(csvCell('plain, "quoted"\r\n')).toBe('"plain, ""quoted""\r\n"');
});

/** The cells of a row in which no cell has a line break. */
function cellsOf(row: string): readonly string[] {
  return [...row.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)].map(([, cell = '']) => cell.replaceAll('""', '"'));
}

async function fillLog(): Promise<void> {
  await own.scene.arrange(async (change) => {
    for (let index = 0; index < 2_200; index += 1) {
      change.record({
        name: 'access.denied',
        affectedUserId: null,
        resourceId: null,
        keyKind: null,
        changes: [{ attribute: 'code', old: null, new: 'not_allowed'.repeat(100) }],
        result: 'refused',
      });
    }
  });
}

test('a long log comes whole, page by page, and equals what the data folder holds (A5)', async () => {
  await fillLog();
  const { text } = await download();
  const verdict = checked(text);
  expect(verdict.findings).toEqual([]);
  expect(verdict.events).toBeGreaterThan(2_200);
  const folder = verifyAuditLog(plane.installation.folder.databaseFile, checkDeps());
  expect(folder).toEqual({ events: verdict.head?.version, findings: [], anchor: null });
});

test('whoever is signed out in the middle gets no further page, and the file has no end (U7)', async () => {
  const { id, headers } = await own.newSession(await own.scene.person('olga'));
  gate.isClosed = true;
  const response = fetch(`${plane.origin}/v1/audit-events/export`, { headers: { ...headers } });
  await nextWaiting();
  gate.waiting.shift()?.();
  await nextWaiting();
  gate.isClosed = false;
  await endSession(id);
  gate.waiting.shift()?.();
  await expect(response.then((answer) => answer.text())).rejects.toThrow();
});

test('a client that goes away ends the reading (A5)', async () => {
  gate.isClosed = true;
  gate.reads = 0;
  const leaving = new AbortController();
  const path = `${plane.origin}/v1/audit-events/export`;
  const response = await startedDownload(fetch(path, { headers: { ...olga }, signal: leaving.signal }));
  await response.body?.getReader().read();
  leaving.abort();
  // Another request and its answer: by then the server has seen the first connection close.
  expect((await fetch(`${plane.origin}/livez`)).status).toBe(200);
  expect((await fetch(`${plane.origin}/livez`)).status).toBe(200);
  const before = gate.reads;
  gate.waiting.shift()?.();
  for (let turn = 0; turn < 50; turn += 1) await nextTurn();
  gate.isClosed = false;
  for (const resume of gate.waiting) resume();
  expect(gate.reads).toBe(before);
});

/** Lets the authentication and the first page pass, and holds the second page back. */
async function startedDownload(response: Promise<Response>): Promise<Response> {
  await nextWaiting();
  gate.waiting.shift()?.();
  await nextWaiting();
  gate.waiting.shift()?.();
  await nextWaiting();
  return response;
}

async function nextWaiting(): Promise<void> {
  while (gate.waiting.length === 0) await nextTurn();
}

async function endSession(id: SessionId): Promise<void> {
  await own.scene.arrange(async (change) => {
    const session = await change.read.sessions.find(own.scene.account.id, id);
    if (session !== null) await change.sessions.end(session);
  });
}
