import { readFileSync } from 'node:fs';
import { type FeedRecord, question as questionSchema } from '@claviger/contract';
import { GENESIS_HASH, MIN_VERSION_WAIT_MS, Secret } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import { localDecider } from './local-decider.ts';
import { statusOfDecision } from './statuses.ts';
import { createFollowedVerifier } from './testing/followed-verifier.ts';
import type { HandClock } from './testing/hand-clock.ts';
import { partsOf } from './testing/memory-feed.ts';

type Vectors = {
  readonly position: { readonly epoch: number; readonly n: number };
  readonly asker: { readonly account_ids: readonly string[]; readonly internal_key: string };
  readonly records: readonly FeedRecord[];
  readonly cases: readonly {
    readonly name: string;
    readonly rule: string;
    readonly now: number;
    readonly question: unknown;
    readonly expected: {
      readonly allow: boolean;
      readonly code: string;
      readonly status: number;
      readonly key_id: string | null;
    };
  }[];
};

const path = new URL('../../core/vectors/decision.json', import.meta.url);
const vectors = JSON.parse(readFileSync(path, 'utf8')) as Vectors;

/** A verifier that holds the records, and the decider over it. */
async function load(): Promise<{ decider: ReturnType<typeof localDecider>; clock: HandClock; findsAsker: boolean }> {
  const at = { ...vectors.position, hash: GENESIS_HASH };
  const records = vectors.records.map((record) => JSON.stringify(record));
  const { verifier, follower, clock } = createFollowedVerifier({
    snapshot: () => partsOf(at, records),
    tail: () => Promise.resolve({ kind: 'entries', entries: [], head: at }),
    onWake: () => () => undefined,
  });
  await follower.start();
  const found = verifier.findInternalKey(vectors.asker.internal_key);
  const decider = localDecider({ verifier, clock, accountIds: new Set(vectors.asker.account_ids) });
  return {
    decider,
    clock,
    findsAsker: found !== null && vectors.asker.account_ids.every((id) => found.accountIds.has(id)),
  };
}

describe('the embedded verifier answers as the vectors say (D8)', async () => {
  const { decider, clock, findsAsker } = await load();

  test('it knows the asker', () => expect(findsAsker).toBe(true));

  test.each(vectors.cases)('$name ($rule)', async ({ question, now, expected }) => {
    clock.jump(now - clock.now());
    const asked = questionSchema.parse(question);
    const { operation, resource } = asked;
    const answer = decider.decide({
      key: new Secret(asked.key),
      operation: operation === undefined || resource === undefined ? null : { name: operation, resource },
      ip: asked.ip ?? null,
      origin: asked.origin ?? null,
      minVersion: asked.min_version ?? null,
    });
    // Whoever waits for a version waits by this clock.
    if (asked.min_version !== undefined) clock.pass(MIN_VERSION_WAIT_MS);
    const decision = await answer;
    expect({
      allow: decision.isAllowed,
      code: decision.code,
      status: statusOfDecision(decision.code),
      key_id: decision.key?.id ?? null,
    }).toEqual(expected);
  });
});
