import { ok, refuse, type Result } from '@claviger/core';
import { throttleName } from './client-address.ts';
import type { CallerRefusal } from './http-refusal.ts';
import type { Incoming } from './incoming.ts';
import type { Throttle } from './throttle.ts';
import type { Throttles } from './throttles.ts';

/** An attempt that was counted. */
export type Attempt = {
  /** It succeeded, so it was no guess. */
  giveBack(): void;
};

/** Counts an attempt of an address. */
export function takeAttempt(throttle: Throttle, incoming: Incoming): Result<Attempt, CallerRefusal> {
  return take(throttle, throttleName(incoming.client), incoming);
}

/** Counts an attempt at one user's password; by address too, so that nobody far away can use it up (U7). */
export function takePasswordAttempt(
  throttles: Throttles,
  incoming: Incoming,
  user: string,
): Result<Attempt, CallerRefusal> {
  return take(throttles.passwords, JSON.stringify([throttleName(incoming.client), user]), incoming);
}

/**
 * Counts a sign-in: by address and user, and by address for users who have never signed in from there. Whoever has is known
 * there, and a neighbour behind the same address who tries many names does not lock them out (U7).
 */
export function takeSignInAttempt(
  throttles: Throttles,
  incoming: Incoming,
  email: string,
): Result<Attempt, CallerRefusal> {
  const user = email.toLowerCase();
  const name = JSON.stringify([throttleName(incoming.client), user]);
  const own = takePasswordAttempt(throttles, incoming, user);
  if (!own.ok || throttles.knownPlaces.has(name)) return own;
  const shared = takeAttempt(throttles.addresses, incoming);
  if (!shared.ok) {
    own.value.giveBack();
    return shared;
  }
  return ok({
    giveBack: () => {
      own.value.giveBack();
      shared.value.giveBack();
      throttles.knownPlaces.add(name);
    },
  });
}

/** Counts a request for a password reset: by address and user, and by address. It is a mail, so a success counts too (U7). */
export function takePasswordResetAttempt(
  throttles: Pick<Throttles, 'resets' | 'resetsOfUser'>,
  incoming: Incoming,
  email: string,
): Result<Attempt, CallerRefusal> {
  const place = throttleName(incoming.client);
  const own = take(throttles.resetsOfUser, JSON.stringify([place, email.toLowerCase()]), incoming);
  return own.ok ? take(throttles.resets, place, incoming) : own;
}

/**
 * Counts a code shown as somebody's second factor, from wherever: six digits must not be guessed from many addresses. Only who
 * knows the password can use these attempts up (U7).
 */
export function takeCodeAttempt(
  throttles: Pick<Throttles, 'codes'>,
  incoming: Incoming,
  user: string,
): Result<Attempt, CallerRefusal> {
  return take(throttles.codes, user, incoming);
}

function take(throttle: Throttle, name: string, incoming: Incoming): Result<Attempt, CallerRefusal> {
  const verdict = throttle.take(name, incoming.now);
  if (!verdict.isAllowed) return refuse({ kind: 'too-many-attempts', retryAfterMs: verdict.retryAfterMs });
  return ok({ giveBack: () => throttle.giveBack(name) });
}
