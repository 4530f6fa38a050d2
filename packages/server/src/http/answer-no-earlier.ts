import type { HttpDeps } from './deps.ts';

/** Answers when something is done, and no earlier than after `ms`: how long it took tells nothing then (T1). */
export async function answerNoEarlier<T>({ clock }: Pick<HttpDeps, 'clock'>, ms: number, work: Promise<T>): Promise<T> {
  const pause = new Promise<void>((resolve) => {
    clock.after(ms, resolve);
  });
  const [done] = await Promise.all([work, pause]);
  return done;
}
