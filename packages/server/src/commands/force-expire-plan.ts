import { fitsNamePattern, type Instant, type KeyId, type KeyKind, mayManage, type UserId } from '@claviger/core';
import type { KeyOutline, Reader } from '@claviger/storage';
import type { ActingUser } from './acting-user.ts';
import type { CommandDeps } from './deps.ts';
import { countsOf, type KeyCounts } from './policy-plan.ts';
import { planDigest } from './preview-token.ts';

/** Which keys are to be ended (X6). Absent conditions do not narrow; JSON values only, since a token carries them. */
export type EndingTerms = {
  readonly ownerId?: UserId;
  readonly kind?: KeyKind;
  /** Only keys created before this instant. */
  readonly createdBefore?: Instant;
  /** Only keys not used since this instant; a key never used counts from its creation. */
  readonly unusedSince?: Instant;
  /** Only keys of such names. */
  readonly namePattern?: string;
};

/** What ending them comes to. */
export type EndingPlan = {
  readonly keys: readonly KeyOutline[];
  readonly counts: KeyCounts;
  readonly byKind: Readonly<Record<KeyKind, number>>;
  /** Those with most keys first. */
  readonly byOwner: readonly OwnerCount[];
};
/** How many keys of an owner. */
export type OwnerCount = { readonly ownerId: UserId; readonly keys: number; readonly inUse: number };

/** A plan, and the one there would be had this user ended none since the preview: by it a token that was acted on is known. */
export type EndingPlans = { readonly plan: EndingPlan; readonly asBefore: readonly KeyOutline[] };

/** Finds the living keys that a caller manages, that were there at the preview and meet every condition (X6, K9). */
export async function workOutEnding(
  reader: Reader,
  acting: ActingUser,
  { at, terms }: { readonly at: Instant; readonly terms: EndingTerms },
): Promise<EndingPlans> {
  const { ownerId, kind, createdBefore, unusedSince, namePattern } = terms;
  const accountId = acting.account.id;
  const managed = new Set<string>();
  for (const owner of await reader.users.outlines(accountId)) if (mayManage(acting.user, owner)) managed.add(owner.id);
  const outlines = await reader.keys.outlines({
    accountId,
    ownerIds: ownerId === undefined ? null : [ownerId],
    ...(kind === undefined ? {} : { kind }),
    ...(unusedSince === undefined ? {} : { unusedSince }),
    createdUpTo: at,
    // By certain time: what a bad clock shows as expired would be back when it is mended, though its end was asked for (E9).
    endingAfter: acting.certainNow,
    forcedSince: at,
  });
  const asBefore = outlines.filter(
    (key) =>
      managed.has(key.ownerId) &&
      (createdBefore === undefined || key.createdAt < createdBefore) &&
      (namePattern === undefined || fitsNamePattern(key.name, namePattern)),
  );
  return {
    plan: planOf(
      asBefore.filter(({ forcedAt }) => forcedAt === null),
      acting.now,
    ),
    asBefore,
  };
}

/** The digest of ending exactly these keys. */
export function digestOfEnding(
  deps: { readonly sealer: Pick<CommandDeps['sealer'], 'mac'> },
  keys: readonly { readonly id: KeyId }[],
): string {
  return planDigest(
    deps,
    'force-expire-keys',
    keys.map(({ id }) => id),
  );
}

function planOf(keys: readonly KeyOutline[], now: Instant): EndingPlan {
  const byOwner = [...Map.groupBy(keys, ({ ownerId }) => ownerId)].map(([ownerId, theirs]) => ({
    ownerId,
    keys: theirs.length,
    inUse: countsOf(theirs, now).inUse,
  }));
  return {
    keys,
    counts: countsOf(keys, now),
    byKind: {
      master: keys.filter(({ kind }) => kind === 'master').length,
      write_only: keys.filter(({ kind }) => kind === 'write_only').length,
    },
    byOwner: byOwner.toSorted((a, b) => b.keys - a.keys || (a.ownerId < b.ownerId ? -1 : 1)),
  };
}
