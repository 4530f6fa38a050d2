/** Timers that go off when time is passed by hand. */
export type HandTimers = {
  after(ms: number, callback: () => void): () => void;
  pass(ms: number): void;
  /** Timers that are set and neither went off nor were cancelled. */
  set(): number;
};

/** Starts with none. */
export function handTimers(): HandTimers {
  let now = 0;
  const timers = new Map<() => void, number>();
  return {
    after: (ms, callback) => {
      const own = (): void => callback();
      timers.set(own, now + ms);
      return () => timers.delete(own);
    },
    pass: (ms) => {
      now += ms;
      const due = [...timers.keys()].filter((callback) => (timers.get(callback) ?? now) <= now);
      for (const callback of due) {
        timers.delete(callback);
        callback();
      }
    },
    set: () => timers.size,
  };
}
