import { ok, type Origin, type WebhookId } from '@claviger/core';
import { SEALED_KINDS, type SealedThing, type Store } from '@claviger/storage';
import { webhookSecretPurpose } from '../commands/webhook-secret.ts';
import type { Installation } from '../installation.ts';
import type { Sealer } from '../sealing.ts';

/** What sealing anew takes. */
export type ResealDeps = {
  readonly store: Pick<Store, 'sealedThings' | 'sealingCheck' | 'change'>;
  readonly sealer: Sealer;
  readonly clock: Pick<Installation['clock'], 'now' | 'storable'>;
};

/** What stands under other keys than the one in use: readable with known keys by their number, or with none. */
export type Remaining = { readonly byNumber: ReadonlyMap<number, number>; readonly unreadable: number };

/** Rows in one transaction: some milliseconds, after which others have their turn. */
const ROWS_AT_ONCE = 250;

/** Every row that stands under another key than the one in use, in pieces. Reads only. */
async function* remainingThings({ store, sealer }: ResealDeps): AsyncGenerator<readonly SealedThing[], void, void> {
  const number = sealer.numberInUse();
  for (const kind of SEALED_KINDS) {
    for (let after: string | null = null; ; ) {
      const things: readonly SealedThing[] = await store.sealedThings.underOthers(
        number,
        { kind, after },
        ROWS_AT_ONCE,
      );
      if (things.length > 0) yield things;
      if (things.length < ROWS_AT_ONCE) break;
      after = things.at(-1)?.id ?? null;
    }
  }
}

/** Counts what is still to be sealed anew. */
export async function countRemaining(deps: ResealDeps): Promise<Remaining> {
  const byNumber = new Map<number, number>();
  const inUse = deps.sealer.numberInUse();
  let unreadable = 0;
  for await (const things of remainingThings(deps)) {
    for (const thing of things) {
      if (sealedAnew(deps.sealer, thing) === null) unreadable += 1;
      else for (const number of numbersOf(thing, inUse)) byNumber.set(number, (byNumber.get(number) ?? 0) + 1);
    }
  }
  return { byNumber, unreadable };
}

/**
 * Seals everything under the key in use that a known key sealed before, a piece at a time, and records the end of it once. What no
 * known key sealed stays as it is: sealing it would make a key of a row that somebody else wrote (K7). Beginning again is no harm.
 */
export async function resealAll(deps: ResealDeps, origin: Origin, stop?: AbortSignal): Promise<void> {
  const number = deps.sealer.numberInUse();
  let unreadable = 0;
  for await (const things of remainingThings(deps)) {
    if (stop?.aborted === true || deps.sealer.numberInUse() !== number) return;
    const pairs = things.flatMap((before) => {
      const after = sealedAnew(deps.sealer, before);
      return after === null ? [] : [{ before, after }];
    });
    unreadable += things.length - pairs.length;
    await deps.store.sealedThings.write(pairs);
  }
  if ((await deps.store.sealedThings.resealedUnder()) === number) return;
  const context = { accountId: null, origin, now: deps.clock.now(), storable: deps.clock.storable(), replay: null };
  await deps.store.change<string, never>(context, async (change) =>
    ok(await change.sealing.finish(number, unreadable)),
  );
}

/** A key that another node began to use holds here too, if it is known here; told by the check value (K7). */
export async function followSealingKey({ store, sealer }: ResealDeps): Promise<'known' | 'unknown'> {
  const check = await store.sealingCheck();
  if (check === null) return 'known';
  if (!sealer.isCheckValue(check)) return 'unknown';
  const number = Number.parseInt(check, 10);
  if (number !== sealer.numberInUse()) sealer.use(sealer.keys(), number);
  return 'known';
}

/** What the secrets of each kind are bound to. */
const PURPOSES = {
  webhook: (id: string) => webhookSecretPurpose(id as WebhookId),
  totp: (id: string) => `totp ${id}`,
} as const;

/** The row under the key in use, or null when no known key sealed it. */
function sealedAnew(sealer: Sealer, thing: SealedThing): SealedThing | null {
  if ('seal' in thing) {
    return sealer.isSealed(thing.row, thing.seal) ? { ...thing, seal: sealer.seal(thing.row) } : null;
  }
  const purpose = PURPOSES[thing.kind](thing.id);
  const secret = sealer.decrypt(purpose, thing.secret);
  const previous = thing.previousSecret === null ? null : sealer.decrypt(purpose, thing.previousSecret);
  if (secret === null || (thing.previousSecret !== null && previous === null)) return null;
  const previousSecret = previous === null ? null : sealer.encrypt(purpose, previous);
  return { ...thing, secret: sealer.encrypt(purpose, secret), previousSecret };
}

function numbersOf(thing: SealedThing, inUse: number): ReadonlySet<number> {
  const texts = 'seal' in thing ? [thing.seal] : [thing.secret, thing.previousSecret ?? thing.secret];
  return new Set(texts.map((text) => Number.parseInt(text, 10)).filter((number) => number !== inUse));
}
