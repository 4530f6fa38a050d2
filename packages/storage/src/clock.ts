/**
 * Lets everything else of the process have its turn: a request that waits is not to wait for a whole bulk of rows. Neither
 * engine's statements do that by themselves; those of the embedded one never leave the process.
 */
export function letOthersRun(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
