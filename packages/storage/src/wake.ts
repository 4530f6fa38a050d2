/** Tells listeners in this process that something was committed. */
export type Wake = {
  readonly listen: (listener: () => void) => () => void;
  readonly wake: () => void;
};

/** A list of listeners; one that throws hinders no other and nobody who commits. */
export function createWake(onThrow: (error: unknown) => void): Wake {
  const listeners = new Set<() => void>();
  return {
    listen: (listener) => {
      // Each call gets an entry of its own, so that one subscriber's end is never another's.
      const entry = (): void => listener();
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    wake: () => {
      for (const listener of listeners) {
        try {
          listener();
        } catch (error) {
          onThrow(error);
        }
      }
    },
  };
}
