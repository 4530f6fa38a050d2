import type { AccountId, IdleRule, Instant } from '@claviger/core';
import type { Account, Key } from './entities.ts';

/** The part of the store that reads what idle rules have to do and what they did (E14). */
export type IdleKeyReader = {
  /** Accounts that have an idle rule. */
  accounts(): Promise<readonly AccountId[]>;
  /** What the rule of an account has done so far; null for an account without one. */
  progress(accountId: AccountId): Promise<IdleProgress | null>;
  /** Up to so many keys that `idleStep` has work with, but for those of disabled users: they are stopped already (U5). */
  due(
    ask: {
      readonly account: Pick<Account, 'id'>;
      readonly rule: IdleRule & Pick<IdleProgress, 'since'>;
      readonly now: Instant;
    },
    limit: number,
  ): Promise<readonly Key[]>;
  /** Keys that the rule has disabled after an instant, and that are so still. */
  stopped(accountId: AccountId, after: Instant, limit: number): Promise<ActedOn>;
  /** Keys that the rule has reported after an instant, and that nobody has cared for since. */
  reported(accountId: AccountId, after: Instant, limit: number): Promise<ActedOn>;
};

/** The part of a change that keeps what an idle rule did; disabling a key is a change of keys. */
export type IdleKeyChanges = {
  /** Keeps on the key that the rule reported it. */
  report(key: Key): Promise<void>;
  /** Notes, without an event, up to when the people of the account were told what the rule did. */
  keepTold(accountId: AccountId): Promise<void>;
};

/** How far the idle rule of an account has got (E14). */
export type IdleProgress = {
  /** When the rule was set or last changed. */
  readonly since: Instant;
  /** Up to when the people of the account were told by mail what it did; null for never. */
  readonly toldAt: Instant | null;
};

/** Some of the keys that a rule acted on, the latest first, and how many they are altogether. */
export type ActedOn = { readonly keys: readonly Key[]; readonly count: number };
