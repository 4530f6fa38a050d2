import type { FeedSource } from '@claviger/contract';
import {
  createVerifier,
  followFeed,
  systemDigests,
  systemVerifierClock,
  type Verifier,
  type VerifierClock,
} from '@claviger/verifier';

const POLL_MS = 1_000;
const STALENESS_MS = 60_000;

/** A verifier that has loaded a feed, as a server runs it. */
export async function loadedVerifier(
  source: FeedSource,
): Promise<{ verifier: Verifier; clock: VerifierClock; stop: () => void }> {
  const clock = systemVerifierClock();
  const verifier = createVerifier({
    ...systemDigests,
    clock,
    acceptedPrefixes: ['clv'],
    stalenessMs: STALENESS_MS,
    onAlarm: (alarm) => console.error(alarm),
  });
  const follower = followFeed({ verifier, source, clock, ...systemDigests, pollMs: POLL_MS });
  await follower.start();
  return { verifier, clock, stop: () => void follower.stop() };
}
