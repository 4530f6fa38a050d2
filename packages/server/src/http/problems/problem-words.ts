import type { ProblemCode, ProblemMembers } from '@claviger/contract';
import type { RateLimitState } from '@claviger/core';
import type { ImportEntryRefusal } from '../../refusal.ts';
import type { HttpRefusal } from '../http-refusal.ts';

/** A refusal in the words of the wire. */
export type ProblemWords = {
  readonly code: ProblemCode;
  /** What was refused this time, which limit or rule decided, and what to do next (T3). Never a secret. */
  readonly detail: string;
  readonly members: Readonly<Record<string, unknown>>;
  /** Seconds for `Retry-After`, or null. */
  readonly retryAfterSeconds: number | null;
  /** The rate limit of the presented key, when that is what refused (K5). */
  readonly rateLimit?: RateLimitState | null;
};

/** What words may mention of the place they are said in. */
export type Place = { readonly publicOrigin: string };

/** The words of every refusal of a group, by kind: a kind without words stops the build. */
export type WordsOf<Refusal extends HttpRefusal | ImportEntryRefusal> = {
  readonly [Kind in Refusal['kind']]: (
    refusal: Extract<Refusal, { readonly kind: Kind }>,
    place: Place,
  ) => ProblemWords;
};

/** Puts a problem's words together; the code says which members it must carry. */
export function words<Code extends ProblemCode>(
  code: Code,
  detail: string,
  members: ProblemMembers<Code>,
): ProblemWords {
  const seconds = 'retry_after_seconds' in members ? Number(members.retry_after_seconds) : null;
  return { code, detail, members, retryAfterSeconds: seconds };
}

/** Whole seconds, at least one: a client that waits them never comes too early. */
export function wholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}
