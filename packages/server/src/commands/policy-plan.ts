import {
  type ApplicationPlan,
  type ApplicationTerms,
  formatUtcDay,
  IN_USE_DAYS,
  DAY_MS,
  type Instant,
  isPolicyShorter,
  type Lifespan,
  lifespanInForce,
  mayManage,
  planApplication,
  utcDayOf,
} from '@claviger/core';
import type { KeyOutline, Reader } from '@claviger/storage';
import type { ActingUser } from './acting-user.ts';
import type { CommandDeps } from './deps.ts';
import { planDigest } from './preview-token.ts';

/** A living key with the lifespan that the policy gives to keys of its kind and owner (E2, E3). */
export type PolicyKey = KeyOutline & { readonly lifespan: Lifespan };

/** What applying the policy would do for a caller. */
export type PolicyPlan = ApplicationPlan<PolicyKey> & {
  readonly terms: ApplicationTerms;
  readonly counts: KeyCounts;
  /** Keys that the policy would shorten, of users whom the caller does not manage (U3). */
  readonly keysOfOthers: number;
  readonly spread: readonly DayCount[];
};

/** How many keys, of how many owners, and how many of the keys were used of late. */
export type KeyCounts = { readonly keys: number; readonly owners: number; readonly inUse: number };
/** How many keys a UTC day takes. */
export type DayCount = { readonly date: string; readonly keys: number };

/**
 * Works out what applying the policy in force comes to (E6): every living key that there was at the preview, each under the
 * policy of its owner and kind, as far as the caller manages its owner (K9, U3).
 */
export async function workOutPlan(reader: Reader, acting: ActingUser, terms: ApplicationTerms): Promise<PolicyPlan> {
  const { account } = acting;
  const owners = new Map((await reader.users.outlines(account.id)).map((owner) => [owner.id, owner]));
  const { at } = terms;
  const everybodys = { accountId: account.id, ownerIds: null };
  const outlines = await reader.keys.outlines({ ...everybodys, createdUpTo: at, endingAfter: at, forcedSince: at });
  const [managed, others]: readonly [PolicyKey[], PolicyKey[]] = [[], []];
  for (const outline of outlines) {
    const owner = owners.get(outline.ownerId);
    if (outline.forcedAt !== null || owner === undefined) continue;
    const key = { ...outline, lifespan: lifespanInForce(account.expiration, owner.expiration, outline.kind) };
    (mayManage(acting.user, owner) ? managed : others).push(key);
  }
  const plan = planApplication(managed, terms);
  return {
    ...plan,
    terms,
    counts: countsOf(
      plan.planned.map(({ key }) => key),
      acting.now,
    ),
    keysOfOthers: others.filter((key) => isPolicyShorter(key, terms)).length,
    spread: spreadOf(plan),
  };
}

/** Counts keys as previews show them. */
export function countsOf(keys: readonly KeyOutline[], now: Instant): KeyCounts {
  return {
    keys: keys.length,
    owners: new Set(keys.map((key) => key.ownerId)).size,
    inUse: keys.filter((key) => isInUse(key, now)).length,
  };
}

/** Whether a key was used in the last 30 days. */
export function isInUse({ lastUsedAt }: Pick<KeyOutline, 'lastUsedAt'>, now: Instant): boolean {
  return lastUsedAt !== null && now - lastUsedAt <= IN_USE_DAYS * DAY_MS;
}

/** The digest of exactly this plan: which keys, from which end to which. Use since does not count: it changes nothing of it. */
export function digestOfPlan(deps: { readonly sealer: Pick<CommandDeps['sealer'], 'mac'> }, plan: PolicyPlan): string {
  const lines = plan.planned.map(({ key, expiresAt }) => `${key.id} ${key.expiresAt ?? 'never'} ${expiresAt}`);
  return planDigest(deps, 'apply-expiration-policy', lines);
}

function spreadOf({ planned }: ApplicationPlan<PolicyKey>): readonly DayCount[] {
  const byDay = Map.groupBy(planned, ({ expiresAt }) => utcDayOf(expiresAt));
  return [...byDay].map(([day, keys]) => ({ date: formatUtcDay(day), keys: keys.length }));
}
