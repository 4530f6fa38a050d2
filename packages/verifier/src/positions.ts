import type { FeedPosition } from '@claviger/contract';
import type { Version } from '@claviger/core';

/** Whether a position holds a version. Numbers of another epoch say nothing about ours (D7). */
export function isReached(at: FeedPosition, version: Version): boolean {
  return at.epoch === version.epoch && at.n >= version.n;
}

/** Whether a position holds a version or has left its epoch behind. */
export function hasPassed(at: FeedPosition | null, version: Version): boolean {
  return at !== null && (at.epoch > version.epoch || isReached(at, version));
}

/** Whether version `a` came after version `b`. */
export function isNewer(a: Version, b: Version): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.n > b.n);
}
