import { readFileSync } from 'node:fs';

/** How callers fared while something went on: every one of them asked as soon as the one before had its answer. */
export type Meanwhile<T> = {
  readonly value: T;
  readonly ms: number;
  readonly answers: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly longestMs: number;
  /** MiB of the server's memory at its most. */
  readonly memoryMostMib: number;
};

/** Runs `work` and asks all the time while it runs. */
export async function meanwhile<T>(
  pid: number,
  ask: () => Promise<unknown>,
  work: () => Promise<T>,
): Promise<Meanwhile<T>> {
  const state = { isDone: false, memoryMostMib: 0 };
  const waits: number[] = [];
  const asking = (async () => {
    do {
      const startedMs = performance.now();
      await ask();
      waits.push(performance.now() - startedMs);
      state.memoryMostMib = Math.max(state.memoryMostMib, memoryMib(pid));
    } while (!state.isDone);
  })();
  const startedMs = performance.now();
  const value = await work();
  const ms = performance.now() - startedMs;
  state.isDone = true;
  await asking;
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return {
    value,
    ms: Math.round(ms),
    answers: waits.length,
    medianMs: at(0.5),
    p99Ms: at(0.99),
    longestMs: at(1),
    memoryMostMib: state.memoryMostMib,
  };
}

function memoryMib(pid: number): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return Math.round(Number(kib) / 1024);
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
