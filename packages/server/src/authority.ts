import type { FeedEntry } from '@claviger/contract';
import type { Result } from '@claviger/core';
import type { Change, ChangeContext, Committed, EndedLog, Store } from '@claviger/storage';
import type { DecisionClock } from './clock.ts';

/** The verifier of this process, as far as a change has to tell it. */
export type LocalVerifier = {
  /** Hands committed entries over; resolves once the verifier decides by them, whatever order they come in. */
  apply(entries: readonly FeedEntry[]): Promise<void>;
};

/** What a change needs beside the store. */
export type AuthorityDeps = {
  readonly store: Pick<Store, 'change'>;
  /** Null when this process runs no data plane. */
  readonly verifier: LocalVerifier | null;
  readonly endedLog: Pick<EndedLog, 'append'>;
  readonly clock: Pick<DecisionClock, 'raise'>;
};

/**
 * `Store.change` whose answer holds: when it resolves, the change is committed, the local verifier decides by it, and ends of
 * keys are synced to `ended.log` (X1, D3, D6). A throw after the commit leaves the change in force; asking again finishes it.
 */
export function createAuthority(deps: AuthorityDeps): Store['change'] {
  return async <T, R>(
    context: ChangeContext,
    work: (change: Change) => Promise<Result<T, R>>,
  ): Promise<Result<Committed<T>, R>> => {
    const outcome = await deps.store.change(context, work);
    if (!outcome.ok) return outcome;
    const { version, entries, ends } = outcome.value;
    if (version !== null) deps.clock.raise(context.storable);
    // The verifier first: should the disk be full, the key is at least dead here.
    if (entries.length > 0) await deps.verifier?.apply(entries);
    // Also when nothing changed: an end whose line could not be written then is written before it is called done now.
    await deps.endedLog.append(ends);
    return outcome;
  };
}
