import type { DecisionObject } from '@claviger/contract';
import type { Claviger } from './claviger-process.ts';
import { type Asked, openVerifyConnection, questionBytes, type VerifyConnection } from './verify-client.ts';

/** What a round of hammering saw. */
export type Round = {
  /** Verifications that were allowed before the change was answered: the key really worked. */
  readonly allowedBefore: number;
  /** Verifications sent before the change's answer was here and answered after it: either answer is right. */
  readonly between: number;
  /** Verifications sent after the change's answer was here. */
  readonly after: number;
  /** How many of those were allowed: X1 says none. */
  readonly allowedAfter: number;
  /** The codes of the refusals that were sent after it. */
  readonly codes: ReadonlySet<string>;
};

/** Many verifiers that ask about the same key at once, over connections that stay open. */
export type Hammer = {
  /** Hammers a key that works, takes its right away meanwhile, and hammers on for a while. */
  round(asked: Asked, takeAway: () => Promise<unknown>): Promise<Round>;
  close(): void;
};

/** Questions that every connection sends after the answer, at least. */
const AFTER_EACH = 2;

/** Opens `count` connections to the verify endpoint, and one more that is idle when the answer comes. */
export async function openHammer(claviger: Claviger, count: number): Promise<Hammer> {
  const connections = await Promise.all(Array.from({ length: count }, () => openVerifyConnection(claviger)));
  const probe = await openVerifyConnection(claviger);
  return {
    round: async (asked, takeAway) => {
      const question = questionBytes(claviger, asked);
      const run = newRun(count);
      const loops = connections.map((connection) => hammer(connection, question, run));
      try {
        // The change starts when every connection has seen the key work.
        await Promise.race([run.allWork, ...loops]);
        await takeAway();
      } finally {
        run.isAnswered = true;
      }
      // The sharpest question of all: it leaves in the same turn of the event loop in which the answer arrived.
      note(run, await probe.ask(question), true);
      await Promise.all(loops);
      return { ...run.counts, codes: run.codes };
    },
    close: () => {
      for (const connection of [...connections, probe]) connection.close();
    },
  };
}

type Run = {
  isAnswered: boolean;
  readonly counts: { allowedBefore: number; between: number; after: number; allowedAfter: number };
  readonly codes: Set<string>;
  readonly allWork: Promise<void>;
  /** Called once by each connection that has seen the key work. */
  works(): void;
};

function newRun(count: number): Run {
  const { promise, resolve } = Promise.withResolvers<void>();
  let working = 0;
  return {
    isAnswered: false,
    counts: { allowedBefore: 0, between: 0, after: 0, allowedAfter: 0 },
    codes: new Set(),
    allWork: promise,
    works: () => {
      working += 1;
      if (working === count) resolve();
    },
  };
}

async function hammer(connection: VerifyConnection, question: Buffer, run: Run): Promise<void> {
  let after = 0;
  for (let asked = 0; after < AFTER_EACH; asked += 1) {
    // Nothing runs between this line and the bytes' way to the kernel.
    const isSentAfter = run.isAnswered;
    const decision = await connection.ask(question);
    note(run, decision, isSentAfter);
    if (isSentAfter) after += 1;
    if (asked > 0) continue;
    if (!decision.allow) throw new Error(`the key did not work before it was ended: ${decision.code}`);
    run.works();
  }
}

function note(run: Run, decision: DecisionObject, isSentAfter: boolean): void {
  if (isSentAfter) {
    run.counts.after += 1;
    if (decision.allow) run.counts.allowedAfter += 1;
    else run.codes.add(decision.code);
  } else if (run.isAnswered) run.counts.between += 1;
  else if (decision.allow) run.counts.allowedBefore += 1;
}
