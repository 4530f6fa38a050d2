import {
  type AccountId,
  type ActorName,
  type ForcedExpiry,
  type Instant,
  instant,
  type KeyId,
  type KeyKind,
  lifespan,
  type UserId,
} from '@claviger/core';
import type { Kysely, Selectable } from 'kysely';
import type { Key, NewKey, UntouchedKey } from './entities.ts';
import {
  objectFrom,
  permissionsFrom,
  rateLimitFrom,
  textsFrom,
  wirePermissions,
  wireRateLimit,
} from './json-columns.ts';
import { prepareQuery } from './prepared.ts';
import type { KeySecretsTable, KeysTable, Tables } from './schema.ts';

/** What verifiers are told of a key, beside its secrets. */
export type VerifierFacts = Pick<
  Key,
  | 'id'
  | 'accountId'
  | 'ownerId'
  | 'kind'
  | 'expiresAt'
  | 'disabledAt'
  | 'permissions'
  | 'allowedIps'
  | 'allowedOrigins'
  | 'rateLimit'
> & { readonly forcedExpiry: Pick<ForcedExpiry, 'at'> | null };

/** A secret of a key as its row holds it. */
export type SecretRow = Selectable<KeySecretsTable>;

const selectKey = prepareQuery((db, { accountId, id }: { readonly accountId: AccountId; readonly id: KeyId }) =>
  db.selectFrom('keys').selectAll().where('id', '=', id).where('account_id', '=', accountId),
);

const selectSecrets = prepareQuery((db, { id }: { readonly id: KeyId }) =>
  db
    .selectFrom('key_secrets')
    .selectAll()
    .where('key_id', '=', id)
    .orderBy('is_current')
    .orderBy('ends_at')
    .orderBy('digest'),
);

/** Finds a key of an account, or null. */
export async function findKey(db: Kysely<Tables>, accountId: AccountId, id: KeyId): Promise<Key | null> {
  const [row] = (await selectKey(db, { accountId, id })).rows;
  return row === undefined ? null : keyFrom(row);
}

/** All secrets a key ever had, in the order in which they end; the current one comes last. */
export async function secretsOf(db: Kysely<Tables>, id: KeyId): Promise<SecretRow[]> {
  return (await selectSecrets(db, { id })).rows;
}

/** The columns that verifiers are told of. */
export const VERIFIER_COLUMNS = [
  'id',
  'account_id',
  'owner_id',
  'kind',
  'expires_at',
  'disabled_at',
  'forced_at',
  'permissions',
  'allowed_ips',
  'allowed_origins',
  'rate_limit',
] as const satisfies readonly (keyof KeysTable)[];

/** The facts that verifiers are told of, as a row holds them. Throws on a row that we did not write. */
export function verifierFacts(row: Pick<Selectable<KeysTable>, (typeof VERIFIER_COLUMNS)[number]>): VerifierFacts {
  return {
    id: row.id as KeyId,
    accountId: row.account_id as AccountId,
    ownerId: row.owner_id as UserId,
    kind: row.kind as KeyKind,
    expiresAt: instantOrNull(row.expires_at),
    disabledAt: instantOrNull(row.disabled_at),
    forcedExpiry: row.forced_at === null ? null : { at: instant(row.forced_at) },
    permissions: row.permissions === null ? null : permissionsFrom(row.permissions),
    allowedIps: textsFrom(row.allowed_ips),
    allowedOrigins: textsFrom(row.allowed_origins),
    rateLimit: row.rate_limit === null ? null : rateLimitFrom(row.rate_limit),
  };
}

/** A key as its row holds it. Throws on a row that we did not write. */
export function keyFrom(row: Selectable<KeysTable>): Key {
  return {
    ...verifierFacts(row),
    name: row.name,
    hint: row.hint,
    strength: row.strength as Key['strength'],
    createdAt: instant(row.created_at),
    createdBy: row.created_by as ActorName,
    createdByKeyId: row.created_by_key_id as KeyId | null,
    lifespan: lifespan(row.lifespan_days),
    disabledReason: row.disabled_reason as Key['disabledReason'],
    enabledAt: instantOrNull(row.enabled_at),
    idleReportedAt: instantOrNull(row.idle_reported_at),
    forcedExpiry: forcedExpiryFrom(row),
    metadata: objectFrom(row.metadata),
    lastUsedAt: instantOrNull(row.last_used_at),
    rotation:
      row.rotated_at === null || row.previous_ends_at === null
        ? null
        : { rotatedAt: instant(row.rotated_at), previousEndsAt: instant(row.previous_ends_at) },
  };
}

/** The key that a new key becomes: never disabled, ended, used or rotated. */
export function createdKey(key: NewKey): Key {
  const { secret: _, ...facts } = key;
  return { ...facts, ...UNTOUCHED };
}

const UNTOUCHED: UntouchedKey = {
  disabledAt: null,
  disabledReason: null,
  enabledAt: null,
  idleReportedAt: null,
  forcedExpiry: null,
  lastUsedAt: null,
  rotation: null,
};

/** A key's row. */
export function keyRow(key: Key): Selectable<KeysTable> {
  return {
    id: key.id,
    account_id: key.accountId,
    owner_id: key.ownerId,
    kind: key.kind,
    name: key.name,
    hint: key.hint,
    search_text: searchTextOf(key),
    strength: key.strength,
    created_at: key.createdAt,
    created_by: key.createdBy,
    created_by_key_id: key.createdByKeyId,
    lifespan_days: key.lifespan,
    expires_at: key.expiresAt,
    disabled_at: key.disabledAt,
    disabled_reason: key.disabledReason,
    enabled_at: key.enabledAt,
    idle_reported_at: key.idleReportedAt,
    forced_at: key.forcedExpiry?.at ?? null,
    forced_by: key.forcedExpiry?.by ?? null,
    forced_reason: key.forcedExpiry?.reason ?? null,
    forced_note: key.forcedExpiry?.note ?? null,
    permissions: key.permissions === null ? null : JSON.stringify(wirePermissions(key.permissions)),
    allowed_ips: JSON.stringify(key.allowedIps),
    allowed_origins: JSON.stringify(key.allowedOrigins),
    rate_limit: key.rateLimit === null ? null : JSON.stringify(wireRateLimit(key.rateLimit)),
    metadata: JSON.stringify(key.metadata),
    last_used_at: key.lastUsedAt,
    rotated_at: key.rotation?.rotatedAt ?? null,
    previous_ends_at: key.rotation?.previousEndsAt ?? null,
    // Only reminders write these, and only what differs is ever written: an edit leaves them as they are.
    reminded_step_days: null,
    reminded_owner_id: null,
    reminded_expires_at: null,
  };
}

/** What a text filter looks in: name, hint and id, in lower case. */
function searchTextOf(key: Pick<Key, 'name' | 'hint' | 'id'>): string {
  return `${key.name}\n${key.hint}\n${key.id}`.toLowerCase();
}

function forcedExpiryFrom(row: Selectable<KeysTable>): ForcedExpiry | null {
  if (row.forced_at === null) return null;
  return {
    at: instant(row.forced_at),
    by: row.forced_by as ActorName,
    reason: row.forced_reason as ForcedExpiry['reason'],
    note: row.forced_note,
  };
}

function instantOrNull(ms: number | null): Instant | null {
  return ms === null ? null : instant(ms);
}
