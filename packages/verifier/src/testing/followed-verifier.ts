import type { FeedSource } from '@claviger/contract';
import type { Instant } from '@claviger/core';
import { createVerifier } from '../create-verifier.ts';
import { systemDigests } from '../digests.ts';
import { type Follower, followFeed } from '../follower.ts';
import type { FedVerifier, LocalQuestion, VerifierAlarm } from '../verifier.ts';
import { createHandClock, type HandClock } from './hand-clock.ts';

export const STALENESS_MS = 60_000;
export const POLL_MS = 1_000;

/** A verifier that follows a source on a hand-made clock. */
export type FollowedVerifier = {
  readonly verifier: FedVerifier;
  readonly follower: Follower;
  readonly clock: HandClock;
  readonly alarms: VerifierAlarm[];
};

/** Makes a verifier and its follower; the follower is not started. */
export function createFollowedVerifier(source: FeedSource, clock: HandClock = createHandClock()): FollowedVerifier {
  const alarms: VerifierAlarm[] = [];
  const verifier = createVerifier({
    ...systemDigests,
    clock,
    acceptedPrefixes: ['clv', 'old'],
    stalenessMs: STALENESS_MS,
    onAlarm: (alarm) => alarms.push(alarm),
  });
  const follower = followFeed({ ...systemDigests, verifier, source, clock, pollMs: POLL_MS, jitter: () => 0.5 });
  return { verifier, follower, clock, alarms };
}

/** A question about a key alone, unless changed. */
export function ask(key: string, now: Instant, changes: Partial<LocalQuestion> = {}): LocalQuestion {
  return {
    key,
    typeAndOperation: null,
    resourceName: '',
    ip: null,
    origin: null,
    accountIds: null,
    now,
    ...changes,
  };
}

/** Lets every promise that can go on go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
}

/** Lets time pass in small steps, and whatever it wakes go on in between. */
export async function passSlowly(clock: HandClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += POLL_MS / 4) {
    clock.pass(POLL_MS / 4);
    await settle();
  }
}
