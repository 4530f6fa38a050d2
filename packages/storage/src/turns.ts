/** Runs work of the same queue one after the other, in the order in which it came. */
export type Turns = <T>(queue: string, work: () => Promise<T>) => Promise<T>;

/**
 * Queues in this process, before a connection is taken: changes of one account wait for each other in any case, and those
 * that wait in the database would use up all connections, so that other accounts wait as well.
 */
export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return (queue, work) => {
    const before = last.get(queue) ?? Promise.resolve();
    const mine = before.then(work, work);
    last.set(queue, mine);
    const leave = (): void => {
      if (last.get(queue) === mine) last.delete(queue);
    };
    mine.then(leave, leave);
    return mine;
  };
}
