import type { WaysInTables } from './ways-in-tables.ts';
import type { UsageBatchesTable, UsageHoursTable } from './usage-tables.ts';

/**
 * The tables, as both engines hold them: times are integer milliseconds, flags 0 or 1, JSON is text, versions are safe
 * integers. Everything that belongs to an account says so in `account_id` (T1).
 */
export type Tables = WaysInTables & {
  readonly installation: InstallationTable;
  readonly feed_head: FeedHeadTable;
  readonly accounts: AccountsTable;
  readonly users: UsersTable;
  readonly user_lifespans: UserLifespansTable;
  readonly keys: KeysTable;
  readonly key_secrets: KeySecretsTable;
  readonly tombstones: TombstonesTable;
  readonly used_digests: UsedDigestsTable;
  readonly usage_batches: UsageBatchesTable;
  readonly usage_hours: UsageHoursTable;
  readonly idle_rules: IdleRulesTable;
  readonly policies: PoliciesTable;
  readonly policy_users: PolicyUsersTable;
  readonly sessions: SessionsTable;
  readonly internal_keys: InternalKeysTable;
  readonly internal_key_accounts: InternalKeyAccountsTable;
  readonly idempotency_records: IdempotencyRecordsTable;
  readonly audit_events: AuditEventsTable;
  readonly feed_records: FeedRecordsTable;
  readonly outbox: OutboxTable;
  readonly retired_operations: RetiredOperationsTable;
  readonly sign_in_links: SignInLinksTable;
  readonly reminder_intents: ReminderIntentsTable;
  readonly invitations: InvitationsTable;
  readonly webhooks: WebhooksTable;
  readonly ip_allowlists: IpAllowlistsTable;
};

/** One row: what changes of the installation as a whole wait for. */
export type InstallationTable = {
  id: number;
  /** A text that only the holder of the sealing key can make; it refuses a wrong one at start (K7). */
  sealing_check: string | null;
  /** The number under which everything was sealed anew when the last replacement of the sealing key was done. */
  resealed_under: number | null;
};

/** One row: the counter that every change takes last, with the chain's signed head (D2, A4). */
export type FeedHeadTable = {
  id: number;
  epoch: number;
  version: number;
  hash: string;
  signature: string;
  /** Decision time is never before it (E9). */
  floor: number;
};

export type AccountsTable = {
  id: string;
  name: string;
  created_at: number;
  default_keys: string;
  reminder_days: number;
  catalogue: string;
  master_lifespan_days: number | null;
  write_only_lifespan_days: number | null;
  users_may_only_shorten: number;
  has_management_by_keys: number;
  /** JSON list of days. */
  reminder_steps: string;
  password_shortest: number;
  second_factor: string;
  session_idle_minutes: number;
  session_longest_hours: number;
  idle_days: number | null;
  idle_action: string | null;
  audit_retention_days: number | null;
};

/** Operations that an account's catalogue had once: should one come back, its mark is still the same (P3). */
export type RetiredOperationsTable = {
  account_id: string;
  resource_type: string;
  operation: string;
  is_ingestion: number;
};

/** Links of the operator's with which an Owner sets a password and signs in; once (T1). Only digests of their tokens are kept. */
export type SignInLinksTable = {
  digest: string;
  account_id: string;
  user_id: string;
  created_at: number;
  ends_at: number;
  /** When it was used or replaced; null while neither has happened. */
  ended_at: number | null;
};

/** The IP allowlist of an account, or of one of its users, whole (I1). */
export type IpAllowlistsTable = {
  account_id: string;
  /** Null for the account's own. */
  user_id: string | null;
  mode: string;
  /** JSON list of `{cidr, scope, note}`, in the order in which they were given. */
  entries: string;
  changed_at: number;
};

export type UsersTable = {
  id: string;
  account_id: string;
  name: string;
  email: string | null;
  /** The address in lower case: one user of the whole installation has it (T1). */
  email_lower: string | null;
  user_type: string;
  is_service_account: number;
  contacts: string;
  created_at: number;
  disabled_at: number | null;
  password_hash: string | null;
  ends_reported_keys: number;
};

/** A user's own expiration policy, a row for each kind that has one (E3). */
export type UserLifespansTable = { account_id: string; user_id: string; kind: string; lifespan_days: number | null };

export type KeysTable = {
  id: string;
  account_id: string;
  owner_id: string;
  kind: string;
  name: string;
  hint: string;
  /** Name, hint and id in lower case: what a text filter looks in. */
  search_text: string;
  strength: string;
  created_at: number;
  created_by: string;
  created_by_key_id: string | null;
  lifespan_days: number | null;
  expires_at: number | null;
  disabled_at: number | null;
  disabled_reason: string | null;
  enabled_at: number | null;
  idle_reported_at: number | null;
  forced_at: number | null;
  forced_by: string | null;
  forced_reason: string | null;
  forced_note: string | null;
  permissions: string | null;
  allowed_ips: string;
  allowed_origins: string;
  rate_limit: string | null;
  metadata: string;
  last_used_at: number | null;
  rotated_at: number | null;
  previous_ends_at: number | null;
  /** The shortest reminder that was intended, in days before expiry, for the owner and the expiry beside it (R4). */
  reminded_step_days: number | null;
  reminded_owner_id: string | null;
  reminded_expires_at: number | null;
};

/** Every secret a key ever had: replaced ones stay, so that they answer `expired` (X5). */
export type KeySecretsTable = {
  digest: string;
  account_id: string;
  key_id: string;
  seal: string;
  hint: string;
  created_at: number;
  /** When a replaced secret ends; null for the current one, which ends with its key. */
  ends_at: number | null;
  is_current: number;
};

/** Deleted keys: their ids are never used again (K10), and what they made is still found through them (K14). */
export type TombstonesTable = {
  key_id: string;
  account_id: string;
  created_by_key_id: string | null;
  deleted_at: number;
  /** The change that deleted it; null only inside that change. */
  version: number | null;
};

/** Digests of deleted keys' secrets: a text that was the text of a key is never imported as another one (K10, K13). */
export type UsedDigestsTable = { digest: string; account_id: string };

/** What the idle rule of an account has done so far (E14). */
export type IdleRulesTable = {
  account_id: string;
  /** When the rule was set or last changed. */
  since: number;
  /** Up to when the people of the account have been told by mail what it did; null for never. */
  told_at: number | null;
};

/** Invitations, also those that are over (U2). */
export type InvitationsTable = {
  id: string;
  account_id: string;
  email: string;
  /** The address in lower case: an account has one pending invitation for it. */
  email_lower: string;
  name: string;
  user_type: string;
  /** Who sent the present link. */
  invited_by: string;
  created_at: number;
  /** When the present link was sent. */
  sent_at: number;
  expires_at: number;
  resends: number;
  /** Of the present link's token. */
  digest: string;
  accepted_at: number | null;
  /** The user that came of it; the row stays when they are deleted. */
  accepted_by: string | null;
  withdrawn_at: number | null;
};

export type PoliciesTable = {
  id: string;
  account_id: string;
  name: string;
  description: string | null;
  permissions: string;
  created_at: number;
};

export type PolicyUsersTable = { account_id: string; policy_id: string; user_id: string };

export type SessionsTable = {
  id: string;
  account_id: string;
  user_id: string;
  digest: string;
  created_at: number;
  last_seen_at: number;
  proven_at: number;
  ended_at: number | null;
  ip_address: string | null;
  user_agent: string | null;
};

export type InternalKeysTable = {
  id: string;
  purpose: string;
  digest: string;
  seal: string;
  created_at: number;
  ended_at: number | null;
};

export type InternalKeyAccountsTable = { account_id: string; internal_key_id: string };

export type IdempotencyRecordsTable = {
  account_id: string | null;
  credential_id: string;
  route: string;
  key_mac: string;
  body_mac: string;
  status: number;
  body: string;
  version: string | null;
  expires_at: number;
};

/** The audit log, in version order: one text for each of core's EVENT_COLUMNS, and the chain (A4). */
export type AuditEventsTable = {
  version: number;
  epoch: string;
  id: string;
  /** Empty for events of the installation as a whole. */
  account_id: string;
  time: string;
  event_name: string;
  actor: string;
  affected_user_id: string;
  resource_id: string;
  key_kind: string;
  changes: string;
  ip_address: string;
  user_agent: string;
  http_method: string;
  path: string;
  request_id: string;
  result: string;
  previous_hash: string;
  event_digest: string;
  record_digest: string;
  hash: string;
};

/** What verifiers need to know of each change (D2). */
export type FeedRecordsTable = {
  version: number;
  account_id: string | null;
  subject_id: string | null;
  record: string;
};

/** Mails on their way: each is sent by whoever holds its lease, and every attempt carries the same Message-ID (R4). */
export type OutboxTable = {
  id: string;
  account_id: string | null;
  recipient: string;
  template: string;
  facts: string;
  created_at: number;
  /** When it may be sent, or tried again. */
  due_at: number;
  attempts: number;
  /** Who is sending it, until when; both null while nobody is. */
  lease_id: string | null;
  leased_until: number | null;
  delivered_at: number | null;
  /** When it was given up. */
  failed_at: number | null;
  /** When it was dropped because there was nothing left to tell. */
  dropped_at: number | null;
  /** When a mail server first said no to this very mail; mails that only wait for a server have none. */
  first_refused_at: number | null;
  /** What the mail server said last, or why it was dropped. */
  last_answer: string | null;
};

/** What somebody is to be told, once each for key, step, recipient and expiry; its mail is in the outbox (R4). */
export type ReminderIntentsTable = {
  account_id: string;
  key_id: string;
  recipient_id: string;
  expires_at: number;
  step_days: number;
  intended_at: number;
  /** When its mail was to leave, as of then: it may leave earlier, with what became due after it. */
  leaves_at: number;
  mail_id: string;
};

/** Where events are sent (R8). Each row has its own place in its account's log, and is served by whoever holds its lease. */
export type WebhooksTable = {
  id: string;
  account_id: string;
  url: string;
  /** JSON list of names. */
  event_names: string;
  description: string | null;
  /** Both secrets are encrypted under the sealing key. */
  secret: string;
  previous_secret: string | null;
  /** Until when the secret before the last rotation signs too. */
  previous_secret_ends_at: number | null;
  created_at: number;
  disabled_at: number | null;
  disabled_reason: string | null;
  /** The version up to which everything was delivered, or was not asked for. */
  position: number;
  /** Failed attempts at the next event. */
  attempts: number;
  /** When the next event may be sent, or tried again. */
  due_at: number;
  /** When the event happened that could not be delivered yet. */
  pending_since: number | null;
  last_success_at: number | null;
  last_failure_at: number | null;
  last_failure_status: number | null;
  last_failure_reason: string | null;
  lease_id: string | null;
  leased_until: number | null;
};
