import {
  type DecisionCode,
  decisionOf,
  type DecisionSubject,
  effectivePermissions,
  mayManage,
  ok,
  parseIpAddress,
  parseIpRange,
  type Permission,
  rightsOf,
  type Secret,
} from '@claviger/core';
import type { FoundSecret, Reader, User } from '@claviger/storage';
import type { ActingUser } from './acting-user.ts';
import { compiledAllowlistOf } from './allowlist-of.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { Outcome } from './outcome.ts';
import { endOf, findPresentedKey, looksOf, type PresentedKeyDeps } from './presented-key.ts';
import { readAs } from './run-as.ts';
import { type ShownKey, shownKey } from './shown-key.ts';
import { permissionsOf } from './user-permissions.ts';

export type TestKeyInput = { readonly key: Secret };

/** The decision that an authenticate-only question from the caller's address would get; key and permissions only for a key of theirs. */
export type TestedKey = {
  readonly code: DecisionCode;
  readonly shown: ShownKey | null;
  readonly permissions: readonly Permission[];
};

/**
 * Tells whether a text is a good key, to whoever may manage that key; to everybody else every text is `not_found`, as it
 * would be if the key did not exist (K9). Nothing is counted and no rate limit is used up.
 */
export function testKey(
  deps: PresentedKeyDeps & Pick<CommandDeps, 'read'>,
  context: CommandContext,
  input: TestKeyInput,
): Outcome<TestedKey> {
  return readAs(deps, context, async (acting, reader) => {
    if (looksOf(deps, input.key) === 'malformed') return ok({ ...UNKNOWN, code: 'malformed' });
    const presented = await findPresentedKey(deps, reader, input.key);
    const owner = presented === null ? null : await reader.users.find(acting.account.id, presented.key.ownerId);
    if (presented === null || owner === null || !mayManage(acting.user, owner)) return ok(UNKNOWN);
    return ok(await judge(reader, acting, { presented, owner, address: context.change.origin.ipAddress }));
  });
}

const UNKNOWN: TestedKey = { code: 'not_found', shown: null, permissions: [] };

type Found = { readonly presented: FoundSecret; readonly owner: User; readonly address: string | null };

async function judge(reader: Reader, acting: ActingUser, { presented, owner, address }: Found): Promise<TestedKey> {
  const { key } = presented;
  const { catalogue } = acting.account;
  const ownerPermissions = await permissionsOf(reader, owner);
  const subject: DecisionSubject = {
    ...factsOf(presented, owner),
    allowlist: compiledAllowlistOf({ account: acting.account, user: owner }),
    ownerRights: rightsOf(ownerPermissions, catalogue),
    narrowedRights: key.permissions === null ? null : rightsOf(key.permissions, catalogue),
  };
  const ip = address === null ? null : parseIpAddress(address);
  const code = decisionOf(subject, { now: acting.now, operation: null, ip, origin: null });
  const narrowed = { kind: key.kind, narrowing: key.permissions };
  const permissions = code === 'allowed' ? effectivePermissions(narrowed, ownerPermissions, catalogue) : [];
  return { code, shown: shownKey({ key, owner }, acting), permissions };
}

function factsOf(
  presented: FoundSecret,
  owner: User,
): Omit<DecisionSubject, 'ownerRights' | 'narrowedRights' | 'allowlist'> {
  const { key } = presented;
  return {
    kind: key.kind,
    isForciblyExpired: key.forcedExpiry !== null,
    secretEndsAt: endOf(presented),
    isDisabled: key.disabledAt !== null,
    isOwnerDisabled: owner.disabledAt !== null,
    bounds: {
      allowedIps: key.allowedIps.map(parseIpRange).filter((range) => range !== null),
      allowedOrigins: key.allowedOrigins,
    },
  };
}
