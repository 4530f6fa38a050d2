import {
  mistakesInCatalogue,
  ok,
  operationsTakenAway,
  refuse,
  type ResourceCatalogue,
  type RetiredOperation,
} from '@claviger/core';
import type { Change } from '@claviger/storage';
import { type ActingUser, requireOwner } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { requireFreshProof } from './fresh-proof.ts';
import type { CommandOutcome, Outcome } from './outcome.ts';
import { changeAs } from './run-as.ts';

/** Policies and keys. As many of each as a refusal names: whoever has to change them starts with some. */
const NAMED_MOST = 20;

/**
 * Replaces the account's resource catalogue, by the Owner with a fresh proof (P3, U8); it decides from the next verification
 * on. An operation that a policy or a living narrowed key names stays: what is left behind without it would give nothing
 * today, and wake up with whatever an operation of the same name will mean one day.
 */
export function changeCatalogue(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  to: ResourceCatalogue,
): CommandOutcome<ResourceCatalogue> {
  return changeAs(deps, context, async (acting, change) => {
    const allowed = requireOwner(acting);
    if (!allowed.ok) return allowed;
    const fresh = requireFreshProof(acting);
    if (!fresh.ok) return fresh;
    const checked = await checkCatalogue(acting, change, to);
    if (!checked.ok) return checked;
    await change.accounts.changeCatalogue(acting.account, to);
    return ok(to);
  });
}

async function checkCatalogue(
  acting: ActingUser,
  change: Change,
  to: ResourceCatalogue,
): Outcome<readonly RetiredOperation[]> {
  const { account } = acting;
  const past = { current: account.catalogue, retired: await change.read.catalogues.retired(account.id) };
  const mistakes = mistakesInCatalogue(past, to);
  if (mistakes.length > 0) return refuse({ kind: 'catalogue-mistakes', mistakes });
  const takenAway = operationsTakenAway(account.catalogue, to);
  if (takenAway.length === 0) return ok(takenAway);
  const operations = takenAway.map(({ resourceType, operation }) => `${resourceType}:${operation}`);
  const { catalogues } = change.read;
  const policyIds = await catalogues.policiesUsing(account.id, operations, NAMED_MOST);
  // A key that only a clock's jump makes look dead may live again: what is certain decides (E9).
  const use = { accountId: account.id, operations, livingAt: acting.certainNow };
  const keyIds = await catalogues.keysUsing(use, NAMED_MOST);
  if (policyIds.length === 0 && keyIds.length === 0) return ok(takenAway);
  return refuse({ kind: 'operations-in-use', operations, policyIds, keyIds });
}
