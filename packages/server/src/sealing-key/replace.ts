import { randomBytes } from 'node:crypto';
import { ok, type Origin, Secret } from '@claviger/core';
import { formatSealingKeys, type SealingKey } from '../config/sealing-keys.ts';
import type { DataFolder } from '../data-folder/data-folder.ts';
import { SEALING_KEY_FILE } from '../data-folder/installation-keys.ts';
import { countRemaining, type Remaining, resealAll, type ResealDeps } from './reseal.ts';

/** What replacing the sealing key takes. */
export type SealingKeyDeps = ResealDeps & {
  readonly folder: Pick<DataFolder, 'write'>;
  /** Where the keys come from: this program's file, or the setting, which only the operator can change. */
  readonly source: 'file' | 'setting';
  /** Whether other nodes may work on the same database: they have to know a key before it seals. */
  readonly isShared: boolean;
};

/** How a replacement went on. */
export type SealingKeyReplacement =
  | { readonly kind: 'in-use'; readonly number: number; readonly remaining: Remaining }
  /** The operator is to make it known first: put it into the setting. */
  | { readonly kind: 'to-be-set'; readonly number: number; readonly key: Secret }
  /** It is in the file here, and is to be made known to the other nodes first. */
  | { readonly kind: 'to-be-copied'; readonly number: number };

/**
 * Replaces the sealing key by one that is known and newer, or by a new one. It is written down before it seals anything, and seals
 * from the very commit that changes the check value: whatever ends the program in between, both keys are there at the next start.
 */
export async function replaceSealingKey(deps: SealingKeyDeps, origin: Origin): Promise<SealingKeyReplacement> {
  const { sealer } = deps;
  const [newest] = sealer.keys();
  const isKnown = newest !== undefined && newest.number > sealer.numberInUse();
  const next = isKnown ? newest : drawAfter(sealer.keys());
  if (!isKnown) {
    if (deps.source === 'setting') return { kind: 'to-be-set', ...next };
    writeKeys(deps, [next, ...sealer.keys()]);
    sealer.use([next, ...sealer.keys()], sealer.numberInUse());
    if (deps.isShared) return { kind: 'to-be-copied', number: next.number };
  }
  await beginToUse(deps, next.number, origin);
  await resealAll(deps, origin);
  return { kind: 'in-use', number: next.number, remaining: await countRemaining(deps) };
}

/** Forgets the keys that seal nothing any more; answers with their numbers, or with what still stands under them. */
export async function forgetSealingKeys(
  deps: SealingKeyDeps,
  origin: Origin,
): Promise<{ readonly forgotten: readonly number[]; readonly remaining: Remaining }> {
  const { sealer } = deps;
  const number = sealer.numberInUse();
  if (sealer.keys().length === 1) return { forgotten: [], remaining: { byNumber: new Map(), unreadable: 0 } };
  await resealAll(deps, origin);
  const remaining = await countRemaining(deps);
  const isNeeded = (key: SealingKey): boolean => key.number >= number || remaining.byNumber.has(key.number);
  const kept = sealer.keys().filter(isNeeded);
  const forgotten = sealer.keys().filter((key) => !isNeeded(key));
  if (forgotten.length === 0 || deps.source === 'setting') return { forgotten: [], remaining };
  writeKeys(deps, kept);
  sealer.use(kept, number);
  return { forgotten: forgotten.map((key) => key.number), remaining };
}

async function beginToUse({ store, sealer, clock }: SealingKeyDeps, number: number, origin: Origin): Promise<void> {
  const before = sealer.numberInUse();
  // What is sealed while the commit is under way is sealed under a key that is known in either case.
  sealer.use(sealer.keys(), number);
  const check = sealer.checkValue();
  const context = { accountId: null, origin, now: clock.now(), storable: clock.storable(), replay: null };
  try {
    await store.change<string, never>(context, async (change) => ok(await change.sealing.replace({ number, check })));
  } catch (fault) {
    sealer.use(sealer.keys(), before);
    throw fault;
  }
}

function drawAfter(keys: readonly SealingKey[]): SealingKey {
  const number = Math.max(...keys.map((key) => key.number)) + 1;
  return { number, key: new Secret(randomBytes(32).toString('base64url')) };
}

function writeKeys({ folder }: SealingKeyDeps, keys: readonly SealingKey[]): void {
  folder.write(SEALING_KEY_FILE, `${formatSealingKeys(keys)}\n`);
}
