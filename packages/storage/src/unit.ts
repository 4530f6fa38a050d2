import type { FeedRecord } from '@claviger/contract';
import type { AccountId, EventDraft } from '@claviger/core';
import type { Kysely } from 'kysely';
import type { Dialect } from './dialect.ts';
import { NONE_RECORD } from './feed-records.ts';
import type { Tables } from './schema.ts';
import type { ChangeContext, KeyEnd } from './store.ts';
import type { StoreDeps } from './store-deps.ts';

/** One change while it runs. What it has noted is numbered, chained and written when the work is done. */
export type Unit = {
  /** The change's own connection. Inside a change nothing else may be used: on SQLite it would wait for ever. */
  readonly db: Kysely<Tables>;
  readonly dialect: Dialect;
  readonly deps: StoreDeps;
  readonly context: ChangeContext;
  readonly events: PendingEvent[];
  /** True once something was written that no event tells of: a session that was used. */
  hasQuietWrites: boolean;
};

/** An event that has no number yet, with what verifiers are to know of it. */
export type PendingEvent = {
  readonly draft: EventDraft;
  /** The account in whose log it stands; null is the installation's own. */
  readonly accountId: AccountId | null;
  readonly record: FeedRecord;
  /** The end of a key that it is, if it is one (D3). */
  readonly end: Pick<KeyEnd, 'keyId' | 'how'> | null;
};

/** Notes an event of a successful change; most concern no verifier and end no key. */
export function note(
  unit: Unit,
  event: Omit<EventDraft, 'result'>,
  rest: Pick<PendingEvent, 'accountId'> & Partial<PendingEvent>,
): void {
  unit.events.push({ record: NONE_RECORD, end: null, ...rest, draft: { ...event, result: 'success' } });
}
