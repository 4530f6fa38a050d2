import { setTimeout as pause } from 'node:timers/promises';

const PAUSE_MS = 10;
const WITHIN_MS = 30_000;

/** Asks again and again until the answer is true; throws when it stays false. For what other programs do in their own time. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  { withinMs = WITHIN_MS }: { readonly withinMs?: number } = {},
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinMs / 1000} s`);
    await pause(PAUSE_MS);
  }
}
