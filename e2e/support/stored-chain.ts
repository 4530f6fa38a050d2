import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkLink, EVENT_COLUMNS, type EventColumns, GENESIS_HASH, headText } from '@claviger/core';
import type { Row } from './postgres.ts';

/** What a database holds of the audit log: every event, every feed record and the head. */
export type StoredChain = { readonly events: readonly Row[]; readonly records: readonly Row[]; readonly head: Row };

/** Reads them through any way of running a query. */
export async function readStoredChain(rows: (select: string) => Promise<readonly Row[]>): Promise<StoredChain> {
  const [head] = await rows('select epoch, version, hash, signature from feed_head');
  if (head === undefined) throw new Error('the database has no head');
  return {
    head,
    events: await rows('select * from audit_events order by version'),
    records: await rows('select version, record from feed_records order by version'),
  };
}

/** Everything that is wrong with a chain (A4, D2): holes, doubles, changed events or records, a head that is not signed. */
export function findChainBreaks(chain: StoredChain, publicKeyPem: string): readonly string[] {
  const { events, records, head } = chain;
  const breaks: string[] = [];
  let previous = { version: 0, hash: GENESIS_HASH };
  for (const [index, event] of events.entries()) {
    const recordDigest = text(event['record_digest']);
    const columns = Object.fromEntries(EVENT_COLUMNS.map((name) => [name, text(event[name])])) as EventColumns;
    const link = { columns, previousHash: text(event['previous_hash']), recordDigest, hash: text(event['hash']) };
    const found = checkLink(previous, link, sha256);
    if (found !== null) breaks.push(`${found.kind} at version ${found.version}`);
    previous = { version: Number(event['version']), hash: link.hash };
    const record = records[index];
    if (Number(record?.['version']) !== previous.version || sha256(text(record?.['record'])) !== recordDigest) {
      breaks.push(`the feed record of version ${previous.version} is not its event's`);
    }
  }
  if (records.length !== events.length) breaks.push(`${events.length} events, but ${records.length} feed records`);
  if (Number(head['version']) !== previous.version || head['hash'] !== previous.hash) {
    breaks.push(`the head says ${text(head['version'])}, the last event is ${previous.version}`);
  }
  return isSigned(head, publicKeyPem) ? breaks : [...breaks, 'the head is not signed'];
}

/** The public half of an installation's signing key. */
export function publicKeyOf(dataDir: string): string {
  return readFileSync(join(dataDir, 'signing-key.pub'), 'utf8');
}

function isSigned(head: Row, publicKeyPem: string): boolean {
  const signed = headText({
    epoch: Number(head['epoch']),
    version: Number(head['version']),
    hash: text(head['hash']),
  });
  const signature = Buffer.from(text(head['signature']), 'hex');
  return verify(null, Buffer.from(signed), createPublicKey(publicKeyPem), signature);
}

/** A column as the chain hashes it: numbers as decimal text. */
function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function sha256(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
