import type { AccountRecord, FeedRecord, KeyRecord, PolicyRecord, UserRecord } from '@claviger/contract';
import type { DecisionCode } from '@claviger/core';
import { subjectOf } from './memory-feed.ts';
import { digestOf } from './sample-records.ts';

/** What the naive verifier is asked. */
export type NaiveQuestion = {
  readonly key: string;
  readonly type: string;
  readonly operation: string | null;
  readonly resourceName: string;
  readonly ip: string | null;
  readonly origin: string | null;
  readonly accountIds: ReadonlySet<string> | null;
  readonly now: number;
};

/** A verifier as one would write it without a thought for speed: the rules once more, to hold the real one against. */
export type NaiveVerifier = {
  records: Map<string, FeedRecord>;
  readonly ended: Map<string, 'force_expired' | 'deleted'>;
};

/** Nothing known. */
export function createNaiveVerifier(): NaiveVerifier {
  return { records: new Map(), ended: new Map() };
}

/** Takes a record. */
export function teach(naive: NaiveVerifier, record: FeedRecord): void {
  const subject = subjectOf(record);
  if (subject === null) return;
  if (record.type === 'key_deleted') naive.ended.set(record.key_id, 'deleted');
  if (record.type === 'key' && record.forced_at !== null && !naive.ended.has(record.key_id)) {
    naive.ended.set(record.key_id, 'force_expired');
  }
  naive.records.set(subject, record);
}

/** Takes another state for the present one, as a reload does; ends stay. */
export function replaceAll(naive: NaiveVerifier, records: readonly FeedRecord[]): void {
  naive.records = new Map();
  for (const record of records) teach(naive, record);
}

/** The key with this text that is not deleted, with the end of the presented secret. */
export function findNaively(naive: NaiveVerifier, text: string): { key: KeyRecord; endsAt: number | null } | null {
  const digest = digestOf(text);
  for (const record of naive.records.values()) {
    if (record.type !== 'key' || naive.ended.get(record.key_id) === 'deleted') continue;
    const secret = record.secrets.find((candidate) => candidate.digest === digest);
    if (secret !== undefined) return { key: record, endsAt: secret.ends_at };
  }
  return null;
}

/** The verdict by the rules, in their order. `malformed` is for the caller to see. */
export function decideNaively(naive: NaiveVerifier, question: NaiveQuestion): DecisionCode {
  const found = findNaively(naive, question.key);
  if (found === null) return 'not_found';
  const { key, endsAt } = found;
  if (question.accountIds !== null && !question.accountIds.has(key.account_id)) return 'not_found';
  if (naive.ended.get(key.key_id) === 'force_expired') return 'expired';
  if (endsAt !== null && question.now >= endsAt) return 'expired';
  if (key.disabled_at !== null) return 'disabled';
  const owner = get<UserRecord>(naive, key.owner_id, 'user');
  const account = get<AccountRecord>(naive, key.account_id, 'account');
  if (owner === null || account === null || owner.is_disabled) return 'owner_disabled';
  const operations = account.catalogue.find(({ name }) => name === question.type)?.operations ?? [];
  const isIngestion = operations.some(({ name, is_ingestion }) => name === question.operation && is_ingestion);
  const isExempt = key.kind === 'write_only' && (question.operation === null || isIngestion);
  const list = owner.ip_allowlist ?? account.ip_allowlist ?? null;
  if (list?.mode === 'enforce' && !isExempt && !isOnTheList(list, question.ip)) return 'ip_not_allowed';
  if (key.allowed_ips.length > 0 && (question.ip === null || !key.allowed_ips.includes(question.ip))) {
    return 'ip_not_allowed';
  }
  if (key.allowed_origins.length > 0 && (question.origin === null || !key.allowed_origins.includes(question.origin))) {
    return 'origin_not_allowed';
  }
  if (question.operation === null) return 'allowed';
  return decideOnOperation(naive, { key, owner, account }, { ...question, operation: question.operation });
}

/** Whether a call that is allowed would not be, did the list in force not merely monitor (I7). */
export function wouldBeDeniedNaively(naive: NaiveVerifier, question: NaiveQuestion): boolean {
  const enforced: NaiveVerifier = { ...naive, records: new Map() };
  for (const [id, record] of naive.records) {
    const holdsList = (record.type === 'account' || record.type === 'user') && record.ip_allowlist !== undefined;
    const list = holdsList ? { ip_allowlist: { ...record.ip_allowlist, mode: 'enforce' as const } } : {};
    enforced.records.set(id, { ...record, ...list } as FeedRecord);
  }
  return decideNaively(naive, question) === 'allowed' && decideNaively(enforced, question) === 'ip_not_allowed';
}

/** Entries name single addresses here; those for keys alone count alone (I3). */
function isOnTheList({ entries }: NonNullable<UserRecord['ip_allowlist']>, ip: string | null): boolean {
  const forKeys = entries.filter(({ scope }) => scope === 'api_key_only');
  return (forKeys.length > 0 ? forKeys : entries).some(({ cidr }) => cidr === ip);
}

function decideOnOperation(
  naive: NaiveVerifier,
  known: { readonly key: KeyRecord; readonly owner: UserRecord; readonly account: AccountRecord },
  question: { readonly type: string; readonly operation: string; readonly resourceName: string },
): DecisionCode {
  const { key, owner, account } = known;
  const operations = account.catalogue.find(({ name }) => name === question.type)?.operations ?? [];
  const operation = operations.find(({ name }) => name === question.operation);
  if (operation === undefined) return 'insufficient_permission';
  if (key.kind === 'write_only' && !operation.is_ingestion) return 'write_only_key';
  const gives = (permissions: PolicyRecord['permissions']): boolean =>
    permissions.some(
      (permission) =>
        permission.resource_type === question.type &&
        includes(operations, permission.operation, question.operation) &&
        permission.ids.some((id) =>
          id.endsWith('*') ? question.resourceName.startsWith(id.slice(0, -1)) : id === question.resourceName,
        ),
    );
  const policies = owner.policy_ids.map((id) => get<PolicyRecord>(naive, id, 'policy')?.permissions ?? []);
  const isOwnerAllowed = owner.user_type !== 'restricted' || policies.some(gives);
  return isOwnerAllowed && (key.permissions === null || gives(key.permissions)) ? 'allowed' : 'insufficient_permission';
}

/** Whether operation `from` is `to` or brings it along; three steps are more than the sample catalogues have. */
function includes(
  operations: AccountRecord['catalogue'][number]['operations'],
  from: string,
  to: string,
  steps = 3,
): boolean {
  const operation = operations.find(({ name }) => name === from);
  if (operation === undefined || steps === 0) return false;
  return from === to || operation.includes.some((name) => includes(operations, name, to, steps - 1));
}

function get<T extends FeedRecord>(naive: NaiveVerifier, id: string, type: T['type']): T | null {
  const record = naive.records.get(id);
  return record?.type === type ? (record as T) : null;
}
