import type { VerifierClock } from './verifier.ts';

/** Waits that end: by an answer, after a while, or when somebody stops all of them. */
export type Deadline = {
  /** The promise's outcome, or a throw after `ms` or at a stop; what comes later is dropped. */
  inTime<T>(promise: Promise<T>, ms: number): Promise<T>;
  /** Ends after `ms`, or at a stop. */
  pause(ms: number): Promise<void>;
  /** Ends all present and future waits at once. */
  stop(): void;
  isStopped(): boolean;
};

/** Waits by this clock. */
export function createDeadline(clock: Pick<VerifierClock, 'after'>): Deadline {
  const stops = new Set<() => void>();
  let stopped = false;

  /** Runs `onEnd` once, after `ms` or at a stop, unless the returned function is called first. */
  function arm(ms: number, onEnd: () => void): () => void {
    const end = (): void => {
      disarm();
      onEnd();
    };
    const cancel = clock.after(ms, end);
    const disarm = (): void => {
      cancel();
      stops.delete(end);
    };
    stops.add(end);
    return disarm;
  }

  return {
    inTime: (promise, ms) =>
      new Promise((resolve, reject) => {
        if (stopped) {
          promise.catch(() => undefined);
          reject(new Error('stopped'));
          return;
        }
        const disarm = arm(ms, () => reject(new Error(`no answer within ${ms} ms`)));
        promise.then(resolve, reject).finally(disarm);
      }),
    pause: (ms) =>
      new Promise((resolve) => {
        if (stopped) resolve();
        else arm(ms, resolve);
      }),
    stop: () => {
      stopped = true;
      for (const end of stops) end();
    },
    isStopped: () => stopped,
  };
}
