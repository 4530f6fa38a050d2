import type { EventObject } from '@claviger/contract';
import type { ExportPiece } from '../commands/download-events.ts';
import { presentEvent } from '../http/present.ts';

/** Every column of the file, and what stands in it. An absent value is an empty cell. */
const COLUMNS: readonly (readonly [string, (event: EventObject) => string | null])[] = [
  ['id', (event) => event.id],
  ['version', (event) => event.version],
  ['time', (event) => event.time],
  ['event_name', (event) => event.event_name],
  ['result', (event) => event.result],
  ['actor_kind', ({ actor }) => actor.kind],
  ['actor_id', ({ actor }) => actorId(actor)],
  ['actor_session_id', ({ actor }) => (actor.kind === 'user' ? actor.session_id : null)],
  ['actor_key_id', ({ actor }) => (actor.kind === 'user' ? actor.key_id : null)],
  ['affected_user_id', (event) => event.affected_user_id],
  ['resource_id', (event) => event.resource_id],
  ['key_kind', (event) => event.key_kind],
  ['changes', (event) => JSON.stringify(event.changes)],
  ['ip_address', (event) => event.ip_address],
  ['user_agent', (event) => event.user_agent],
  ['http_method', (event) => event.http_method],
  ['path', (event) => event.path],
  ['request_id', (event) => event.request_id],
];

/** A log for spreadsheets (A5), RFC 4180; it proves nothing. A chunk of text for each page. */
export async function* writeCsv(pages: AsyncIterable<readonly ExportPiece[]>): AsyncGenerator<string> {
  yield rowOf(COLUMNS.map(([name]) => name));
  for await (const pieces of pages) {
    const text = pieces
      .map((piece) => (piece.kind === 'event' ? eventRow(presentEvent(piece.stored.event)) : ''))
      .join('');
    if (text !== '') yield text;
  }
}

function eventRow(event: EventObject): string {
  return rowOf(COLUMNS.map(([, cell]) => cell(event) ?? ''));
}

function rowOf(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** What makes a spreadsheet take a cell for a formula, also in full width and behind blanks. */
const FORMULA = /^(?:[\t\r\n]|\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/;

/** A cell that every spreadsheet reads as text: always in quotes, and with an apostrophe before what might be a formula (A5). */
export function csvCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

function actorId(actor: EventObject['actor']): string | null {
  switch (actor.kind) {
    case 'user':
      return actor.user_id;
    case 'internal_key':
      return actor.internal_key_id;
    case 'system':
      return actor.part;
    case 'operator':
    case 'unknown':
      return null;
  }
}
