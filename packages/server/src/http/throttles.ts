import { MINUTE_MS } from '@claviger/core';
import { createKnownPlaces, type KnownPlaces } from './known-places.ts';
import { createThrottle, type Throttle } from './throttle.ts';

/** Attempts at secrets, counted so that nobody can use up somebody else's (U7). */
export type Throttles = {
  /** By address: set-up and sign-ins of whomever. */
  readonly addresses: Throttle;
  /** By address and user, or by session: one person's passwords. */
  readonly passwords: Throttle;
  /** Addresses from which a user has signed in before: strangers behind the same address do not count against them. */
  readonly knownPlaces: KnownPlaces;
  /** By address: links of invitations that somebody tries (U2). */
  readonly acceptances: Throttle;
  /** By address: password resets that somebody asks for or tries (U7). */
  readonly resets: Throttle;
  /** By address and user: password resets, each of which is a mail and ends the link before. */
  readonly resetsOfUser: Throttle;
  /** By user: codes of second factors that were wrong beside a right password. */
  readonly codes: Throttle;
  /** By address: keys presented to be ended (K12). */
  readonly selfRevocations: Throttle;
};

const FROM_ONE_ADDRESS = { attemptsMost: 100, windowMs: 15 * MINUTE_MS };
const RESETS_OF_ONE_USER = { attemptsMost: 5, windowMs: 15 * MINUTE_MS };
/** Of a million codes three are good at a time: guessing for a day succeeds less than once in a hundred times. */
const CODES_OF_ONE_USER = { attemptsMost: 20, windowMs: 15 * MINUTE_MS };
const ON_ONE_PASSWORD = { attemptsMost: 10, windowMs: 15 * MINUTE_MS };

/** The throttles of one process. */
export function createThrottles(): Throttles {
  return {
    addresses: createThrottle(FROM_ONE_ADDRESS),
    passwords: createThrottle(ON_ONE_PASSWORD),
    acceptances: createThrottle(FROM_ONE_ADDRESS),
    resets: createThrottle(FROM_ONE_ADDRESS),
    resetsOfUser: createThrottle(RESETS_OF_ONE_USER),
    codes: createThrottle(CODES_OF_ONE_USER),
    selfRevocations: createThrottle(FROM_ONE_ADDRESS),
    knownPlaces: createKnownPlaces(),
  };
}
