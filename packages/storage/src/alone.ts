import { AsyncLocalStorage } from 'node:async_hooks';

/** Runs work that must not come back to the store it was called by. */
export type Alone = {
  /** Throws when called from inside `run`. */
  enter(): void;
  run<T>(work: () => Promise<T>): Promise<T>;
};

/**
 * Notices a read or change that is asked of the store inside another one. On SQLite it would wait for itself for ever, on
 * PostgreSQL it would see another state and, under load, wait for a connection that it keeps from itself.
 */
export function createAlone(): Alone {
  const inside = new AsyncLocalStorage<true>();
  return {
    enter: () => {
      if (inside.getStore() !== undefined) {
        throw new Error('the store was asked inside a read or a change of its own: use the reader that it was given');
      }
    },
    run: (work) => inside.run(true, work),
  };
}
