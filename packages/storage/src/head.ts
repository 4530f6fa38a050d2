import type { FeedPosition } from '@claviger/contract';
import { checkLink, GENESIS_HASH, headText, type Instant, instant } from '@claviger/core';
import type { Kysely, Selectable } from 'kysely';
import { StartRefusal, StoreFault } from './faults.ts';
import { prepareQuery } from './prepared.ts';
import type { AuditEventsTable, FeedHeadTable, Tables } from './schema.ts';
import type { StoreDeps } from './store-deps.ts';

/** The last version, its hash, and the floor of decision time. */
export type Head = FeedPosition & { readonly floor: Instant };

/** Reads the head and trusts it only when it is signed by us; a signature that was seen before is not verified twice (A4). */
export type HeadReader = {
  /** `lock` is for changes: on PostgreSQL nobody else takes a number until this one commits. */
  read(db: Kysely<Tables>, options: { readonly lock: boolean }): Promise<Head>;
  /** Remembers a head that this process has just signed. */
  trust(head: FeedPosition, signature: string): void;
};

const selectHead = prepareQuery((db) => db.selectFrom('feed_head').selectAll().where('id', '=', 1));
const selectLockedHead = prepareQuery((db) => db.selectFrom('feed_head').selectAll().where('id', '=', 1).forUpdate());

/** A reader that remembers the last signed head it has seen. */
export function createHeadReader(deps: Pick<StoreDeps, 'isSigned'>): HeadReader {
  let trusted = '';
  return {
    read: async (db, { lock }) => {
      const [row] = (await (lock ? selectLockedHead(db, {}) : selectHead(db, {}))).rows;
      if (row === undefined) throw new StoreFault('damaged', 'the head of the audit log is gone');
      const head = { epoch: row.epoch, n: row.version, hash: row.hash, floor: instant(row.floor) };
      const text = textOf(head);
      if (trusted !== text + row.signature) {
        if (!deps.isSigned(text, row.signature)) throw new StoreFault('damaged', UNSIGNED);
        trusted = text + row.signature;
      }
      return head;
    },
    trust: (head, signature) => {
      trusted = textOf(head) + signature;
    },
  };
}

const UNSIGNED =
  'the head of the audit log is not signed by this installation: somebody else has written in the database, ' +
  'or the signing key is another one. Run `claviger audit verify`';

/** The head's text, which its signature covers. */
export function textOf(head: FeedPosition): string {
  return headText({ epoch: head.epoch, version: head.n, hash: head.hash });
}

/**
 * Looks at the end of the chain before anything is served: the head must be ours, and be the hash of the last event.
 * A database without any event yet gets its first signature here.
 */
export async function openHead(db: Kysely<Tables>, deps: StoreDeps): Promise<void> {
  const row = await db.selectFrom('feed_head').selectAll().where('id', '=', 1).executeTakeFirst();
  const last = await db.selectFrom('audit_events').selectAll().orderBy('version', 'desc').limit(1).executeTakeFirst();
  if (row === undefined) throw new StartRefusal(`The audit log has lost its head. ${WHAT_TO_DO}`);
  if (row.version === 0 && row.signature === '' && last === undefined) return signFirst(db, row, deps);
  if (!deps.isSigned(textOf({ epoch: row.epoch, n: row.version, hash: row.hash }), row.signature)) {
    throw new StartRefusal(
      `The head of the audit log (version ${row.epoch}.${row.version}) is not signed by this installation's signing key. ` +
        `If the signing key was replaced or lost, put the right one back. ${WHAT_TO_DO}`,
    );
  }
  refuseBrokenEnd(row, last, deps);
}

const WHAT_TO_DO =
  'Run `claviger audit verify` on the data to see where the log breaks, and restore the last good backup if it was tampered with.';

function refuseBrokenEnd(
  head: Selectable<FeedHeadTable>,
  last: Selectable<AuditEventsTable> | undefined,
  deps: StoreDeps,
): void {
  const version = last?.version ?? 0;
  if (head.version !== version) {
    throw new StartRefusal(
      `The audit log ends at version ${version}, but its signed head says ${head.version}: events are missing or were added. ${WHAT_TO_DO}`,
    );
  }
  if ((last?.hash ?? GENESIS_HASH) !== head.hash || (last !== undefined && isChanged(last, deps))) {
    throw new StartRefusal(`The last event of the audit log (version ${version}) was changed. ${WHAT_TO_DO}`);
  }
}

function isChanged(last: Selectable<AuditEventsTable>, deps: StoreDeps): boolean {
  const link = {
    columns: { ...last, version: String(last.version) },
    previousHash: last.previous_hash,
    recordDigest: last.record_digest,
    hash: last.hash,
  };
  return checkLink({ version: last.version - 1, hash: last.previous_hash }, link, deps.sha256) !== null;
}

async function signFirst(db: Kysely<Tables>, row: Selectable<FeedHeadTable>, deps: StoreDeps): Promise<void> {
  const signature = deps.sign(textOf({ epoch: row.epoch, n: row.version, hash: row.hash }));
  await db
    .updateTable('feed_head')
    .set({ signature })
    .where('id', '=', 1)
    .where('version', '=', 0)
    .where('signature', '=', '')
    .execute();
}
