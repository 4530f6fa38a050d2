/** The events of a key's life that a webhook may be told of, by name (R8). A pattern stands for all, also of later releases. */
export const KEY_EVENT_NAMES = [
  'key.created',
  'key.imported',
  'key.changed',
  'key.rotated',
  'key.rotation_finished',
  'key.disabled',
  'key.enabled',
  'key.force_expired',
  'key.reassigned',
  'key.reported',
  'key.expiry_shortened',
  'key.deleted',
] as const;

/** Every event of a key's life. */
export const EVERY_KEY_EVENT = 'key.*';

/** What an administrator sends to try a webhook out; it goes to that webhook only, whatever it asks for. */
export const TEST_EVENT = 'webhook.tested';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Milliseconds before the second, third … attempt at one event: the schedule that Standard Webhooks proposes. */
const RETRY_AFTER_MS: readonly number[] = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  10 * HOUR_MS,
];

/** The part of a wait by which it may be longer, so that what failed together is not tried again together. */
const JITTER = 0.1;

/**
 * How long to wait after so many failed attempts at one event, or null when it is time to give up (R8). `spread`, 0 to 1,
 * is drawn by the caller.
 */
export function retryDelayMs(failedAttempts: number, spread: number): number | null {
  const delay = RETRY_AFTER_MS[failedAttempts - 1];
  return delay === undefined ? null : Math.round(delay * (1 + JITTER * spread));
}
