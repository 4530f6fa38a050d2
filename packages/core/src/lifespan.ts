import type { Brand } from './brand.ts';
import type { KeyKind } from './key-text.ts';
import { LIFESPAN_DAYS_LONGEST, LIFESPAN_DAYS_SHORTEST } from './limits.ts';
import { type Result, ok, refuse } from './result.ts';
import { DAY_MS, type Instant, plusMs } from './time.ts';

/** Whole days from creation to expiry, 1 to 365; null is never (E1). */
export type Lifespan = Brand<number, 'LifespanDays'> | null;

/** An expiration policy for every kind of key (E2). */
export type ExpirationPolicy = Readonly<Record<KeyKind, Lifespan>>;

/** A user's own policy; a kind that is absent follows the account's (E3). */
export type UserExpirationPolicy = Readonly<Partial<Record<KeyKind, Lifespan>>>;

/** The account's side of the policy. */
export type SystemExpirationPolicy = {
  readonly lifespans: ExpirationPolicy;
  /** The Owner's decision that a user's policy may only shorten the account's (E3). */
  readonly usersMayOnlyShorten: boolean;
};

/** A creator asked for longer than the policy in force allows (E5). */
export type LifespanTooLong = {
  readonly kind: 'lifespan-too-long';
  readonly keyKind: KeyKind;
  readonly asked: Lifespan;
  readonly longest: Lifespan;
};

/** Keys live for ever until somebody sets a policy (E1). */
export const NEVER_EXPIRES: ExpirationPolicy = { master: null, write_only: null };

/** Takes null (never) or whole days 1 to 365; anything else is no lifespan (E1). */
export function parseLifespan(value: unknown): { readonly lifespan: Lifespan } | null {
  if (value === null) return { lifespan: null };
  if (typeof value !== 'number' || !Number.isInteger(value)) return null;
  if (value < LIFESPAN_DAYS_SHORTEST || value > LIFESPAN_DAYS_LONGEST) return null;
  return { lifespan: value as Brand<number, 'LifespanDays'> };
}

/** Takes days that are known to be a lifespan (a checked request, a stored row); throws on anything else. */
export function lifespan(days: number | null): Lifespan {
  const parsed = parseLifespan(days);
  if (parsed === null) throw new RangeError(`not a lifespan: ${days}`);
  return parsed.lifespan;
}

/** The shorter of two lifespans, where null is never. */
export function shorterLifespan(a: Lifespan, b: Lifespan): Lifespan {
  if (a === null) return b;
  if (b === null) return a;
  return a < b ? a : b;
}

/** Whether `a` ends later than `b`. */
export function isLongerLifespan(a: Lifespan, b: Lifespan): boolean {
  return b !== null && (a === null || a > b);
}

/** The lifespan that a user's new keys of a kind get: the user's own policy, else the account's (E2, E3). */
export function lifespanInForce(system: SystemExpirationPolicy, user: UserExpirationPolicy, kind: KeyKind): Lifespan {
  const own = user[kind];
  if (own === undefined) return system.lifespans[kind];
  return system.usersMayOnlyShorten ? shorterLifespan(own, system.lifespans[kind]) : own;
}

/** What a new key gets when its creator asks for `asked` (undefined: nothing asked): shorter is fine, longer is not (E5). */
export function chooseLifespan(
  inForce: Lifespan,
  asked: Lifespan | undefined,
  keyKind: KeyKind,
): Result<Lifespan, LifespanTooLong> {
  if (asked === undefined) return ok(inForce);
  if (isLongerLifespan(asked, inForce)) return refuse({ kind: 'lifespan-too-long', keyKind, asked, longest: inForce });
  return ok(asked);
}

/** When a secret made at `createdAt` expires; worked out once, stored, and never moved later (E4). */
export function expiryOf(createdAt: Instant, lived: Lifespan): Instant | null {
  return lived === null ? null : plusMs(createdAt, lived * DAY_MS);
}

/** A rotated secret lives the shorter of the policy in force and the lifespan chosen at creation (X5). */
export function lifespanAfterRotation(inForce: Lifespan, chosenAtCreation: Lifespan): Lifespan {
  return shorterLifespan(inForce, chosenAtCreation);
}
