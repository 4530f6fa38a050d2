import type { OperatorAnswer, OperatorRequest } from '@claviger/contract';
import { formatInstant, type Instant, type Origin } from '@claviger/core';
import type { Account, InternalKey, Reader, User } from '@claviger/storage';
import { allPages } from '../commands/all-pages.ts';
import { createAccount } from '../commands/create-account.ts';
import { createOwnerLink } from '../commands/create-owner-link.ts';
import type { AnonymousContext, CommandDeps } from '../commands/deps.ts';
import { bindInternalKey, createInternalKey, endInternalKey } from '../commands/internal-keys.ts';
import { type LiftedIpAllowlist, liftIpAllowlist } from '../commands/lift-ip-allowlist.ts';
import type { NewSignInLink } from '../commands/new-sign-in-link.ts';
import type { SealingKeyDeps } from '../sealing-key/replace.ts';
import { performOnSealingKey } from './perform-sealing-key.ts';
import { wordsOfOperator } from './refusal.ts';

/** What the operator's commands work on: the same in a running server and on a stopped one's data. */
export type OperatorDeps = {
  readonly commands: CommandDeps;
  readonly clock: { now(): Instant; storable(): Instant };
  readonly sealingKey: SealingKeyDeps;
  /** Where links lead. */
  publicOrigin(): string;
  /** Told when the first account is made: the set-up link is of no more use (T2). */
  onSetUp(): void;
};

type Records = Extract<OperatorAnswer, { readonly ok: true }>['records'];
type Record = Records[number];

/** Does what the operator asked for; each change writes events by the actor `operator` (A1). */
export async function performAct(deps: OperatorDeps, request: OperatorRequest): Promise<OperatorAnswer> {
  const { commands } = deps;
  const context = contextOf(deps);
  switch (request.act) {
    case 'create_account': {
      const owner = { email: request.owner_email, name: request.owner_name };
      const made = await createAccount(commands, context, { name: request.name, owner });
      if (!made.ok) return wordsOfOperator(made.refusal);
      const { value } = made.value;
      if (value.isFirst) deps.onSetUp();
      return done([{ ...accountRecord(value.account, value.owner), ...linkRecord(deps, value) }]);
    }
    case 'list_accounts':
      return done(await commands.read(listAccounts));
    case 'create_owner_link': {
      const made = await createOwnerLink(commands, context, request.of);
      if (!made.ok) return wordsOfOperator(made.refusal);
      const { value } = made.value;
      return done([{ account_id: value.owner.accountId, ...ownerRecord(value.owner), ...linkRecord(deps, value) }]);
    }
    case 'lift_ip_allowlist': {
      const lifted = await liftIpAllowlist(commands, context, request.account_id);
      return lifted.ok ? done([liftedRecord(lifted.value.value)]) : wordsOfOperator(lifted.refusal);
    }
    case 'replace_sealing_key':
    case 'forget_sealing_keys':
    case 'sealing_key_status':
      return performOnSealingKey(deps.sealingKey, OPERATOR, request.act);
    case 'list_internal_keys':
      return done((await commands.read((reader) => reader.internalKeys.list())).map(internalKeyRecord));
    case 'create_internal_key':
    case 'bind_internal_key':
    case 'end_internal_key':
      return performOnInternalKeys(deps, context, request);
  }
}

type InternalKeyRequest = Extract<
  OperatorRequest,
  { readonly act: 'create_internal_key' | 'bind_internal_key' | 'end_internal_key' }
>;

async function performOnInternalKeys(
  { commands }: OperatorDeps,
  context: AnonymousContext,
  request: InternalKeyRequest,
): Promise<OperatorAnswer> {
  if (request.act === 'create_internal_key') {
    const input = { purpose: request.purpose, accountIds: request.account_ids };
    const made = await createInternalKey(commands, context, input);
    if (!made.ok) return wordsOfOperator(made.refusal);
    const { key, text } = made.value.value;
    return done([{ ...internalKeyRecord(key), key: text.reveal() }]);
  }
  const settled =
    request.act === 'bind_internal_key'
      ? await bindInternalKey(commands, context, { id: request.id, accountId: request.account_id })
      : await endInternalKey(commands, context, request.id);
  return settled.ok ? done([internalKeyRecord(settled.value.value)]) : wordsOfOperator(settled.refusal);
}

async function listAccounts(reader: Reader): Promise<Records> {
  const records: Record[] = [];
  for (const account of await allPages((page) => reader.accounts.list(page))) {
    const owner = await reader.users.ownerOf(account.id);
    if (owner === null) throw new Error(`${account.id} has no Owner`);
    records.push(accountRecord(account, owner));
  }
  return records;
}

function done(records: Records): OperatorAnswer {
  return { ok: true, records };
}

function accountRecord(account: Account, owner: User): Record {
  const { id, name, createdAt } = account;
  return { account_id: id, account_name: name, created_at: formatInstant(createdAt), ...ownerRecord(owner) };
}

function ownerRecord(owner: User): Record {
  return { owner_id: owner.id, owner_name: owner.name, owner_email: owner.email };
}

function liftedRecord({ account, owner }: LiftedIpAllowlist): Record {
  return {
    account_id: account.id,
    account_ip_allowlist: account.ipAllowlist?.mode ?? null,
    owner_id: owner.id,
    owner_ip_allowlist: owner.ipAllowlist?.mode ?? null,
  };
}

/** The token stands after `#`: browsers send that part to nobody. */
function linkRecord(deps: OperatorDeps, { token, link }: NewSignInLink): Record {
  const url = `${deps.publicOrigin()}/sign-in-link#${token.reveal()}`;
  return { sign_in_link: url, link_ends_at: formatInstant(link.endsAt) };
}

function internalKeyRecord(key: InternalKey): Record {
  return {
    id: key.id,
    purpose: key.purpose,
    account_ids: key.accountIds.join(','),
    created_at: formatInstant(key.createdAt),
    ended_at: key.endedAt === null ? null : formatInstant(key.endedAt),
  };
}

function contextOf({ clock }: OperatorDeps): AnonymousContext {
  return { change: { origin: OPERATOR, now: clock.now(), storable: clock.storable(), replay: null } };
}

/** Nobody's request: whoever may open the data folder is the operator. */
const OPERATOR: Origin = {
  actor: { kind: 'operator' },
  ipAddress: null,
  userAgent: null,
  httpMethod: null,
  path: null,
  requestId: null,
};
