import type { AccountId, DecisionCode, Instant, KeyId } from '@claviger/core';

/** Decisions on one key within one hour, by their code; each is about a presented secret that proved right. */
export type HourlyUsage = {
  readonly keyId: KeyId;
  /** When the hour begins. */
  readonly hour: Instant;
  readonly counts: Readonly<Partial<Record<DecisionCode, number>>>;
};

/** Counts of decisions, kept outside any change (D13). */
export type UsageStore = {
  /** Keeps counts of any number of keys in one write. They are read from then on; `fold` puts them in their place. */
  append(usage: readonly HourlyUsage[]): Promise<void>;
  /** Adds a portion of what was appended to its hours; says how many appended batches are folded, 0 when none is left. */
  fold(): Promise<number>;
  /** Deletes a portion of the hours that began before an instant; says how many, 0 when none is left. */
  deleteBefore(before: Instant): Promise<number>;
};

/** What was counted. */
export type UsageReader = {
  /** The hours of a key that begin from `from` on and before `to`, in order; hours without any decision are left out. */
  hours(ask: {
    readonly accountId: AccountId;
    readonly keyId: KeyId;
    readonly from: Instant;
    readonly to: Instant;
  }): Promise<readonly Omit<HourlyUsage, 'keyId'>[]>;
};
