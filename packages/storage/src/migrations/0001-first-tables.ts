import { type Kysely, sql } from 'kysely';
import { ACTOR_FIELD } from '../actor-field.ts';
import type { Dialect } from '../dialect.ts';
import { WORDS, type Words } from './words.ts';

/** Makes all tables, indexes and triggers of the first release. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const words = WORDS[dialect];
  const triggers = dialect === 'sqlite' ? SQLITE_TRIGGERS : POSTGRES_TRIGGERS;
  const statements = [
    ...peopleTables(words),
    ...keyTables(words),
    ...logTables(words),
    ...indexes(dialect),
    ...triggers,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}

function peopleTables({ whole, id, end }: Words): readonly string[] {
  return [
    `create table installation (id ${whole} primary key check (id = 1), sealing_check text)${end}`,
    'insert into installation (id) values (1)',
    `create table accounts (id ${id} primary key, name text not null, created_at ${whole} not null,
      default_keys text not null check (default_keys in ('both', 'write_only', 'none')),
      reminder_days ${whole} not null, catalogue text not null, master_lifespan_days ${whole},
      write_only_lifespan_days ${whole}, users_may_only_shorten ${whole} not null,
      has_management_by_keys ${whole} not null)${end}`,
    `create table users (id ${id} primary key, account_id ${id} not null references accounts (id), name text not null,
      email text, email_lower text unique, user_type text not null check (user_type in ('owner', 'administrator', 'restricted')),
      is_service_account ${whole} not null, contacts text not null, created_at ${whole} not null,
      disabled_at ${whole}, password_hash text)${end}`,
    `create table user_lifespans (account_id ${id} not null, user_id ${id} not null references users (id),
      kind text not null check (kind in ('master', 'write_only')), lifespan_days ${whole}, primary key (user_id, kind))${end}`,
    `create table policies (id ${id} primary key, account_id ${id} not null references accounts (id), name text not null,
      description text, permissions text not null, created_at ${whole} not null)${end}`,
    `create table policy_users (account_id ${id} not null, policy_id ${id} not null references policies (id),
      user_id ${id} not null references users (id), primary key (policy_id, user_id))${end}`,
    `create table sessions (id ${id} primary key, account_id ${id} not null, user_id ${id} not null references users (id),
      digest ${id} not null unique, created_at ${whole} not null, last_seen_at ${whole} not null,
      proven_at ${whole} not null, ended_at ${whole}, ip_address text, user_agent text)${end}`,
  ];
}

function keyTables({ whole, id, end, clusteredEnd }: Words): readonly string[] {
  return [
    `create table keys (id ${id} primary key, account_id ${id} not null, owner_id ${id} not null references users (id),
      kind text not null check (kind in ('master', 'write_only')), name text not null, hint text not null,
      search_text text not null, strength text not null check (strength in ('full', 'unknown')), created_at ${whole} not null,
      created_by text not null, created_by_key_id ${id}, lifespan_days ${whole}, expires_at ${whole}, disabled_at ${whole},
      disabled_reason text, forced_at ${whole}, forced_by text, forced_reason text, forced_note text, permissions text,
      allowed_ips text not null, allowed_origins text not null, rate_limit text, metadata text not null,
      last_used_at ${whole}, rotated_at ${whole}, previous_ends_at ${whole})${end}`,
    `create table key_secrets (digest ${id} not null unique, account_id ${id} not null,
      key_id ${id} not null references keys (id), seal text not null, hint text not null, created_at ${whole} not null,
      ends_at ${whole}, is_current ${whole} not null check (is_current in (0, 1)), primary key (key_id, digest))${clusteredEnd}`,
    `create table tombstones (key_id ${id} primary key, account_id ${id} not null, created_by_key_id ${id},
      deleted_at ${whole} not null, version ${whole})${end}`,
    `create table internal_keys (id ${id} primary key, purpose text not null check (purpose in ('verify', 'feed')),
      digest ${id} not null unique, seal text not null, created_at ${whole} not null, ended_at ${whole})${end}`,
    `create table internal_key_accounts (account_id ${id} not null references accounts (id),
      internal_key_id ${id} not null references internal_keys (id), primary key (internal_key_id, account_id))${end}`,
  ];
}

function logTables({ whole, id, end }: Words): readonly string[] {
  return [
    `create table feed_head (id ${whole} primary key check (id = 1), epoch ${whole} not null, version ${whole} not null,
      hash text not null, signature text not null, floor ${whole} not null)${end}`,
    `insert into feed_head (id, epoch, version, hash, signature, floor) values (1, 1, 0, '${'0'.repeat(64)}', '', 0)`,
    // The columns of the event stand in the order in which they are hashed; the chain's own come after them.
    `create table audit_events (version ${whole} primary key, epoch text not null, id text not null, account_id ${id} not null,
      time ${id} not null, event_name ${id} not null, actor text not null, affected_user_id ${id} not null,
      resource_id ${id} not null, key_kind text not null, changes text not null, ip_address text not null,
      user_agent text not null, http_method text not null, path text not null, request_id text not null, result ${id} not null,
      previous_hash text not null, event_digest text not null, record_digest text not null, hash text not null)${end}`,
    `create table feed_records (version ${whole} primary key, account_id ${id}, subject_id ${id}, record text not null)${end}`,
    `create table idempotency_records (account_id ${id}, credential_id ${id} not null, route ${id} not null,
      key_mac ${id} not null, body_mac text not null, status ${whole} not null, body text not null, version text,
      expires_at ${whole} not null, primary key (credential_id, route, key_mac))${end}`,
  ];
}

function indexes(dialect: Dialect): readonly string[] {
  const actor = (field: 'id' | 'key_id'): string => `(${ACTOR_FIELD[dialect](field)})`;
  return [
    // Lists are newest first; a filter that leaves few rows gets an index in the same order.
    'create index users_newest on users (account_id, created_at, id)',
    'create index users_of_type on users (account_id, user_type, id)',
    // An account has exactly one Owner (U1). A hand-over demotes before it promotes.
    "create unique index users_one_owner on users (account_id) where user_type = 'owner'",
    'create index policies_newest on policies (account_id, created_at, id)',
    'create index policy_users_user on policy_users (user_id, policy_id)',
    'create index sessions_user on sessions (user_id, created_at, id) where ended_at is null',
    'create index keys_newest on keys (account_id, created_at, id)',
    'create index keys_owner on keys (owner_id, created_at, id)',
    'create index keys_kind on keys (account_id, kind, created_at, id)',
    'create index keys_expiry on keys (account_id, expires_at, id)',
    'create index keys_forced on keys (account_id, forced_at, id) where forced_at is not null',
    'create index keys_disabled on keys (account_id, disabled_at, id) where disabled_at is not null',
    'create index keys_used on keys (account_id, coalesce(last_used_at, created_at), id)',
    'create index keys_made_by on keys (created_by_key_id) where created_by_key_id is not null',
    'create index tombstones_made_by on tombstones (created_by_key_id) where created_by_key_id is not null',
    'create unique index key_secrets_one_current on key_secrets (key_id) where is_current = 1',
    'create index idempotency_records_expiry on idempotency_records (expires_at)',
    'create index audit_events_account on audit_events (account_id, version)',
    'create index audit_events_name on audit_events (account_id, event_name, version)',
    'create index audit_events_affected on audit_events (account_id, affected_user_id, version)',
    'create index audit_events_resource on audit_events (account_id, resource_id, version)',
    'create index audit_events_time on audit_events (account_id, time, version)',
    "create index audit_events_refused on audit_events (account_id, version) where result = 'refused'",
    `create index audit_events_actor on audit_events (account_id, ${actor('id')}, version)`,
    `create index audit_events_actor_key on audit_events (account_id, ${actor('key_id')}, version)`,
    "create index audit_events_ends on audit_events (version) where event_name in ('key.force_expired', 'key.deleted')",
  ];
}

const REFUSAL = 'audit_events is append-only';

/** `insert or replace` deletes without firing delete triggers, so an insert over an existing version is refused as well. */
const SQLITE_TRIGGERS: readonly string[] = [
  `create trigger audit_events_no_update before update on audit_events begin select raise(abort, '${REFUSAL}'); end`,
  `create trigger audit_events_no_delete before delete on audit_events begin select raise(abort, '${REFUSAL}'); end`,
  `create trigger audit_events_no_replace before insert on audit_events
    when exists (select 1 from audit_events where version = new.version) begin select raise(abort, '${REFUSAL}'); end`,
];

const POSTGRES_TRIGGERS: readonly string[] = [
  `create function audit_events_append_only() returns trigger language plpgsql as
    $$ begin raise exception '${REFUSAL}'; end $$`,
  `create trigger audit_events_no_change before update or delete on audit_events
    for each row execute function audit_events_append_only()`,
  `create trigger audit_events_no_truncate before truncate on audit_events
    for each statement execute function audit_events_append_only()`,
];
