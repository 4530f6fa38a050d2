import {
  type AllowlistInForce,
  explain,
  type ExplainedQuestion,
  type Explanation,
  type Instant,
  type IpAddress,
  type KeyId,
  ok,
  parseIpAddress,
  refuse,
  type Result,
} from '@claviger/core';
import type { Account, IpAllowlist, Key, Policy, User } from '@claviger/storage';
import type { FieldRefusal } from '../refusal.ts';
import { allowlistOf } from './allowlist-of.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { findManagedKey } from './managed-key.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';

export type ExplainInput = Pick<ExplainedQuestion, 'resourceType' | 'operation' | 'resourceName' | 'origin'> & {
  readonly keyId: KeyId;
  /** As it was sent; null is none. */
  readonly address: string | null;
  /** Null is now. */
  readonly at: Instant | null;
};

/** A decision with all its checks, and everything that they name. */
export type ExplainedDecision = {
  readonly key: Key;
  readonly owner: User;
  readonly account: Account;
  /** The owner's policies. */
  readonly policies: readonly Policy[];
  /** The IP allowlist in force for the owner, and whose it is (I1). */
  readonly allowlist: AllowlistInForce<IpAllowlist> | null;
  readonly question: ExplainedQuestion;
  readonly explanation: Explanation;
};

/**
 * Explains what would be decided on a key that the caller may manage (P7); anybody else's is not there (K9). What it names
 * is the key, its owner and that owner's policies: nothing that whoever manages the owner may not see.
 */
export function explainDecision(
  deps: Pick<CommandDeps, 'read'>,
  context: CommandContext,
  input: ExplainInput,
): Outcome<ExplainedDecision> {
  return readAs(deps, context, async (acting, reader) => {
    const found = await findManagedKey(reader, acting, input.keyId);
    if (!found.ok) return found;
    const ip = parseAddress(input.address);
    if (!ip.ok) return ip;
    const { key, owner } = found.value;
    const policies = await reader.policies.of(owner);
    const { resourceType, operation, resourceName, origin } = input;
    const question = { now: input.at ?? acting.now, resourceType, operation, resourceName, ip: ip.value, origin };
    const allowlist = allowlistOf({ account: acting.account, user: owner });
    const explanation = explain(
      {
        key,
        owner: { userType: owner.userType, isDisabled: owner.disabledAt !== null, policies },
        catalogue: acting.account.catalogue,
        allowlist: allowlist?.list ?? null,
      },
      question,
    );
    return ok({ key, owner, account: acting.account, policies, allowlist, question, explanation });
  });
}

function parseAddress(text: string | null): Result<IpAddress | null, FieldRefusal> {
  if (text === null) return ok(null);
  const address = parseIpAddress(text);
  if (address !== null) return ok(address);
  return refuse({ kind: 'malformed-fields', problems: [{ pointer: '/ip', kind: 'not-an-ip-address', value: text }] });
}
