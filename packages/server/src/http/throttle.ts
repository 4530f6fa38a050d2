import type { Instant } from '@claviger/core';

/** So many attempts in so long a time, counted from the first of them. */
export type ThrottleRule = { readonly attemptsMost: number; readonly windowMs: number };

/** What an attempt may do. */
export type ThrottleVerdict =
  | { readonly isAllowed: true; readonly rule: ThrottleRule; readonly left: number; readonly resetMs: number }
  | { readonly isAllowed: false; readonly rule: ThrottleRule; readonly retryAfterMs: number };

/** Counts attempts under names (an address, an address and a user) and refuses those beyond the rule. */
export type Throttle = {
  /** Takes one attempt. An attempt that is refused is not counted: who waits is let in again at the window's end. */
  take(name: string, now: Instant): ThrottleVerdict;
  /** Gives an attempt back: it succeeded, so it was no guess. */
  giveBack(name: string): void;
};

type Window = { endsAt: number; taken: number };

/** Names. Windows kept at once; it bounds the memory that strangers can take up. */
const WINDOWS_MOST = 100_000;

/** Makes a throttle that counts in memory, in fixed windows. */
export function createThrottle(rule: ThrottleRule): Throttle {
  const windows = new Map<string, Window>();
  return {
    take: (name, now) => {
      const window = openWindow(windows, name, { rule, now });
      if (window.taken >= rule.attemptsMost) return { isAllowed: false, rule, retryAfterMs: window.endsAt - now };
      window.taken += 1;
      return { isAllowed: true, rule, left: rule.attemptsMost - window.taken, resetMs: window.endsAt - now };
    },
    giveBack: (name) => {
      const window = windows.get(name);
      if (window !== undefined && window.taken > 0) window.taken -= 1;
    },
  };
}

function openWindow(
  windows: Map<string, Window>,
  name: string,
  at: { readonly rule: ThrottleRule; readonly now: Instant },
): Window {
  const known = windows.get(name);
  if (known !== undefined && at.now < known.endsAt) return known;
  if (known === undefined && windows.size >= WINDOWS_MOST) makeRoom(windows);
  const window = { endsAt: at.now + at.rule.windowMs, taken: 0 };
  // Deleted first, so that the map stays in the order in which windows end.
  windows.delete(name);
  windows.set(name, window);
  return window;
}

/** Forgets the oldest tenth, in one go: emptying a full map one by one would make every further stranger expensive. */
function makeRoom(windows: Map<string, Window>): void {
  let left = Math.ceil(WINDOWS_MOST / 10);
  for (const name of windows.keys()) {
    windows.delete(name);
    left -= 1;
    if (left === 0) return;
  }
}
