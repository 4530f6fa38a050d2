import {
  type AccountId,
  drawIdCharacters,
  drawSecretCharacters,
  formatKeyText,
  type InternalKeyId,
  internalKeyIdOf,
  ok,
  parseAccountId,
  parseInternalKeyId,
  refuse,
  type Result,
  type Secret,
} from '@claviger/core';
import { type Change, type Committed, type InternalKey, type Reader, sealedInternalKey } from '@claviger/storage';
import type { OperatorRefusal } from '../operator/refusal.ts';
import type { AnonymousContext, CommandDeps } from './deps.ts';
import type { SecretDeps } from './new-key.ts';

type Done<T> = Promise<Result<Committed<T>, OperatorRefusal>>;

/** An internal key and its text, which exists nowhere else from here on (K7, K11). */
export type CreatedInternalKey = { readonly key: InternalKey; readonly text: Secret };

/** Makes an internal key that answers for the named accounts and no others, by the operator (K11, T1). */
export function createInternalKey(
  deps: SecretDeps & Pick<CommandDeps, 'change'>,
  context: AnonymousContext,
  input: { readonly purpose: InternalKey['purpose']; readonly accountIds: readonly string[] },
): Done<CreatedInternalKey> {
  return inInstallation(deps, context, async (change) => {
    const accountIds: AccountId[] = [];
    for (const text of new Set(input.accountIds)) {
      const account = await findAccount(change.read, text);
      if (!account.ok) return account;
      accountIds.push(account.value);
    }
    const idCharacters = drawIdCharacters(deps.randomBytes);
    const parts = { prefix: deps.keyPrefix, kind: 'internal' as const, idCharacters };
    const text = formatKeyText(parts, drawSecretCharacters(deps.randomBytes));
    const key: InternalKey = {
      id: internalKeyIdOf(idCharacters),
      purpose: input.purpose,
      accountIds,
      createdAt: change.now,
      endedAt: null,
    };
    const digest = deps.digestOf(text);
    await change.internalKeys.create(key, { digest, seal: deps.seal(sealedInternalKey(key, digest)) });
    return ok({ key, text });
  });
}

/** Lets an internal key answer for one more account, by the operator (T1). What is already so is done. */
export function bindInternalKey(
  deps: Pick<CommandDeps, 'change'>,
  context: AnonymousContext,
  input: { readonly id: string; readonly accountId: string },
): Done<InternalKey> {
  return inInstallation(deps, context, async (change) => {
    const key = await findInternalKey(change.read, input.id);
    if (!key.ok) return key;
    if (key.value.endedAt !== null) return refuse({ kind: 'internal-key-ended', id: input.id });
    const account = await findAccount(change.read, input.accountId);
    if (!account.ok) return account;
    await change.internalKeys.bind(key.value.id, account.value);
    return findInternalKey(change.read, input.id);
  });
}

/** Ends an internal key for good, by the operator (K11). */
export function endInternalKey(
  deps: Pick<CommandDeps, 'change'>,
  context: AnonymousContext,
  id: string,
): Done<InternalKey> {
  return inInstallation(deps, context, async (change) => {
    const key = await findInternalKey(change.read, id);
    if (!key.ok) return key;
    await change.internalKeys.end(key.value.id);
    return findInternalKey(change.read, id);
  });
}

function inInstallation<T>(
  deps: Pick<CommandDeps, 'change'>,
  context: AnonymousContext,
  work: (change: Change) => Promise<Result<T, OperatorRefusal>>,
): Done<T> {
  return deps.change<T, OperatorRefusal>({ ...context.change, accountId: null }, work);
}

async function findAccount(reader: Reader, text: string): Promise<Result<AccountId, OperatorRefusal>> {
  const id = parseAccountId(text);
  const account = id === null ? null : await reader.accounts.find(id);
  return account === null ? refuse({ kind: 'account-unknown', id: text }) : ok(account.id);
}

async function findInternalKey(reader: Reader, text: string): Promise<Result<InternalKey, OperatorRefusal>> {
  const id: InternalKeyId | null = parseInternalKeyId(text);
  const key = (await reader.internalKeys.list()).find((candidate) => candidate.id === id);
  return key === undefined ? refuse({ kind: 'internal-key-unknown', id: text }) : ok(key);
}
