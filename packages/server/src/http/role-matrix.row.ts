import type { ProblemCode } from '@claviger/contract';

/** The three types of users who call, with a session or a key that is good. */
export type Role = 'owner' | 'administrator' | 'restricted';

/** What a path or body names, seen from the caller: their own, somebody else's of the account, another account's, or nothing. */
export type TargetName =
  | 'own'
  | 'of the Owner'
  | 'of another administrator'
  | 'of another restricted user'
  | 'foreign'
  | 'absent'
  | 'malformed';

/** A status for a success, a code for a refusal. */
export type Outcome = number | ProblemCode;
/** What a caller gets for a target. */
export type Rule = (role: Role, target: TargetName) => Outcome;

/** One request to a route, and what everybody gets for it. */
export type MatrixRow = {
  readonly title: string;
  readonly body?: (unique: string) => unknown;
  /** True when a success changes what the next caller would get: the account's policy is put back before each request. */
  readonly isReset: boolean;
  readonly query?: string;
  /** `nobody`: the outcome is the same for every caller whatsoever, but for pages of other origins where sessions start. */
  readonly isFor: 'nobody' | 'everybody' | 'administrative';
  readonly takesKeys: boolean;
  readonly isOpenToNarrowedKeys: boolean;
  readonly startsSession: boolean;
  readonly expected: Rule;
  /** Where a key gets something else than a session of the same user. */
  readonly expectedByKey?: Rule;
};
