import {
  type AttributeChange,
  type ForcedExpiry,
  formatInstant,
  type Instant,
  instant,
  type KeyId,
} from '@claviger/core';
import { type Selectable, sql } from 'kysely';
import { chunksOf } from './chunks.ts';
import { letOthersRun } from './clock.ts';
import { forcedExpiryAttribute } from './event-attributes.ts';
import { keyDeletedRecord, keyRecord } from './feed-records.ts';
import { isOneOf } from './is-one-of.ts';
import { type SecretRow, VERIFIER_COLUMNS, type VerifierFacts, verifierFacts } from './keys.ts';
import type { KeysTable } from './schema.ts';
import type { ExpiryChange } from './store.ts';
import { note, type PendingEvent, type Unit } from './unit.ts';

/** Keys in one round of statements: some milliseconds, after which others have their turn. */
const KEYS_AT_ONCE = 250;

type BulkKey = {
  readonly facts: VerifierFacts;
  readonly row: Pick<Selectable<KeysTable>, 'forced_at' | 'previous_ends_at'>;
  readonly secrets: readonly SecretRow[];
};

/**
 * Moves the ends of many keys earlier (E6). A secret in its overlap ends with its key at the latest: an expired key is dead
 * altogether (E9).
 */
export async function shortenExpiries(
  unit: Unit,
  keys: Pick<KeyRef, 'accountId'>,
  to: readonly ExpiryChange[],
): Promise<void> {
  for (const some of chunksOf(to, KEYS_AT_ONCE)) {
    const found = await readKeys(unit, { ...keys, ids: some.map(({ keyId }) => keyId) });
    for (const change of some) noteShortened(unit, knownIn(found, change.keyId), change);
    await writeExpiries(unit, some);
    await letOthersRun();
  }
}

/** Ends many keys for good (X6), and says which: those that were force-expired before stay as they are (X2). */
export async function forceExpireMany(
  unit: Unit,
  { accountId, ids }: KeyRefs,
  end: ForcedExpiry,
): Promise<readonly KeyId[]> {
  const ended: KeyId[] = [];
  for (const some of chunksOf(ids, KEYS_AT_ONCE)) {
    const found = await readKeys(unit, { accountId, ids: some });
    const living = some.filter((id) => knownIn(found, id).row.forced_at === null);
    for (const id of living) noteForced(unit, knownIn(found, id), end);
    await writeForced(unit, living, end);
    for (const id of living) ended.push(id);
    await letOthersRun();
  }
  return ended;
}

type KeyRef = { readonly accountId: VerifierFacts['accountId'] };
type KeyRefs = KeyRef & { readonly ids: readonly KeyId[] };

async function readKeys(unit: Unit, { accountId, ids }: KeyRefs): Promise<ReadonlyMap<string, BulkKey>> {
  const rows = await unit.db
    .selectFrom('keys')
    .select([...VERIFIER_COLUMNS, 'previous_ends_at'])
    .where(isOneOf(unit.dialect, 'id', ids))
    .execute();
  const secrets = await unit.db
    .selectFrom('key_secrets')
    .selectAll()
    .where(isOneOf(unit.dialect, 'key_id', ids))
    .orderBy('key_id')
    .orderBy('is_current')
    .orderBy('ends_at')
    .orderBy('digest')
    .execute();
  const byKey = Map.groupBy(secrets, (secret) => secret.key_id);
  // Here and not in the statement: given the account, SQLite would walk all its keys for these few (T1).
  const own = rows.filter((row) => row.account_id === accountId);
  return new Map(own.map((row) => [row.id, { facts: verifierFacts(row), row, secrets: byKey.get(row.id) ?? [] }]));
}

function knownIn(found: ReadonlyMap<string, BulkKey>, id: KeyId): BulkKey {
  const key = found.get(id);
  if (key === undefined) throw new Error(`there is no key ${id} to change`);
  return key;
}

function noteShortened(unit: Unit, { facts, row, secrets }: BulkKey, { expiresAt }: ExpiryChange): void {
  if (facts.expiresAt !== null && facts.expiresAt <= expiresAt) throw new Error(`${facts.id} would not end earlier`);
  const changes = [change('expires_at', timeText(facts.expiresAt), formatInstant(expiresAt))];
  if (row.previous_ends_at !== null && row.previous_ends_at > expiresAt) {
    const before = timeText(instant(row.previous_ends_at));
    changes.push(change('previous_ends_at', before, formatInstant(expiresAt)));
  }
  const capped = secrets.map((secret) => ({ ...secret, ends_at: earlierOf(secret.ends_at, expiresAt) }));
  noteKey(unit, 'key.expiry_shortened', { facts: { ...facts, expiresAt }, secrets: capped, changes, end: null });
}

function noteForced(unit: Unit, { facts, secrets }: BulkKey, forcedExpiry: ForcedExpiry): void {
  noteKey(unit, 'key.force_expired', {
    facts: { ...facts, forcedExpiry },
    secrets,
    changes: [change('forced_expiry', null, forcedExpiryAttribute(forcedExpiry))],
    end: { keyId: facts.id, how: 'force_expired' },
  });
}

function noteKey(
  unit: Unit,
  name: string,
  after: Pick<BulkKey, 'facts' | 'secrets'> & {
    readonly changes: readonly AttributeChange[];
    readonly end: PendingEvent['end'];
  },
): void {
  const { facts, secrets, changes, end } = after;
  note(
    unit,
    { name, affectedUserId: facts.ownerId, resourceId: facts.id, keyKind: facts.kind, changes },
    { accountId: facts.accountId, record: keyRecord(facts, secrets, unit.deps) ?? keyDeletedRecord(facts), end },
  );
}

/** One statement for all rows, the new ends as one JSON parameter: engines limit parameters, and each row would be a round trip. */
async function writeExpiries({ db, dialect }: Unit, to: readonly ExpiryChange[]): Promise<void> {
  const ends = JSON.stringify(to.map(({ keyId, expiresAt }) => [keyId, expiresAt]));
  const given =
    dialect === 'sqlite'
      ? sql`select json_extract(value, '$[0]') as key_id, json_extract(value, '$[1]') as ends_at from json_each(${ends})`
      : sql`select value ->> 0 as key_id, (value ->> 1)::bigint as ends_at from json_array_elements(${ends}::json) as given(value)`;
  await sql`update keys set expires_at = planned.ends_at,
      previous_ends_at = case when previous_ends_at > planned.ends_at then planned.ends_at else previous_ends_at end
    from (${given}) as planned where keys.id = planned.key_id`.execute(db);
  await sql`update key_secrets set ends_at = planned.ends_at from (${given}) as planned
    where key_secrets.key_id = planned.key_id and key_secrets.ends_at > planned.ends_at`.execute(db);
}

async function writeForced({ db, dialect }: Unit, ids: readonly KeyId[], end: ForcedExpiry): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable('keys')
    .set({ forced_at: end.at, forced_by: end.by, forced_reason: end.reason, forced_note: end.note })
    .where(isOneOf(dialect, 'id', ids))
    .execute();
}

function earlierOf(endsAt: number | null, expiresAt: Instant): number | null {
  return endsAt === null ? null : Math.min(endsAt, expiresAt);
}

function change(attribute: string, before: unknown, after: unknown): AttributeChange {
  return { attribute, old: before, new: after };
}

function timeText(at: Instant | null): string | null {
  return at === null ? null : formatInstant(at);
}
