import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiWithKey, type Owner, secretOf, setUp } from './support/api-client.ts';
import { type BusyClient, createBusyClient } from './support/busy-client.ts';
import { type Claviger, startClaviger } from './support/claviger-process.ts';
import { newHistory } from './support/client-history.ts';
import { type Database, ENGINES } from './support/engines.ts';
import { type Random, seededRandom, seedOfRun } from './support/random.ts';
import { findChainBreaks, publicKeyOf, readStoredChain } from './support/stored-chain.ts';
import { findDifferences, findMissingEnds, readStoredFacts } from './support/stored-facts.ts';
import { openVerifyConnection, questionBytes } from './support/verify-client.ts';

const KILLS = process.env['RELIABILITY'] === 'full' ? 500 : 20;
const CLIENTS = 8;
const WITHIN_MS = KILLS * 15_000;
/** Acknowledged calls after which the next kill comes, at most. */
const CALLS_MOST = 250;

describe.each(ENGINES)('kills on $engine', ({ engine, openDatabase }) => {
  const seed = seedOfRun();
  const random = seededRandom(seed);
  let database: Database;
  let claviger: Claviger;
  let owner: Owner;

  beforeAll(async () => {
    database = await openDatabase();
    claviger = await startClaviger(database.options);
    owner = await setUp(claviger.control);
  });
  afterAll(async () => {
    await claviger?.delete();
    await database?.delete();
  });

  test(
    'a kill loses, halves and doubles no acknowledged change, and every one has its event and its end (A1, D3, X1)',
    async () => {
      console.log(`${engine}: SEED=${seed}`);
      const clients = createClients(claviger, owner, seed);
      const histories = clients.map((client) => client.history);
      const { dataDir } = claviger;
      let slowestMs = 0;
      for (let kill = 1; kill <= KILLS; kill += 1) {
        await workUntilKilled({ claviger, database, clients, random }, kill);
        expect(findMissingEnds(histories, dataDir), `after kill ${kill}, SEED=${seed}`).toEqual([]);
        const killedAt = performance.now();
        await claviger.restart();
        slowestMs = Math.max(slowestMs, performance.now() - killedAt);
        for (const client of clients) await client.settle();
        const isLast = kill === KILLS;
        expect(await findWrongVerdicts(claviger, clients, isLast), `after kill ${kill}, SEED=${seed}`).toEqual([]);
      }
      await claviger.stop();
      const rows = (select: string) => database.rows(dataDir, select);
      const chain = await readStoredChain(rows);
      const known = new Set([owner.master.id, owner.writeOnly.id]);
      const acknowledged = histories.reduce((sum, history) => sum + history.acknowledged, 0);
      console.log(
        `${engine}: ${KILLS} kills, ${acknowledged} acknowledged calls, ${chain.events.length} events, ` +
          `slowest start ${Math.round(slowestMs)} ms`,
      );
      expect(findChainBreaks(chain, publicKeyOf(dataDir))).toEqual([]);
      expect(findDifferences(histories, await readStoredFacts(chain, rows), known)).toEqual([]);
      expect(acknowledged).toBeGreaterThan(KILLS * CLIENTS);
    },
    WITHIN_MS,
  );
});

function createClients(claviger: Claviger, owner: Owner, seed: number): readonly BusyClient[] {
  return Array.from({ length: CLIENTS }, (_, index) => {
    const random = seededRandom(seed + index);
    return createBusyClient(apiWithKey(claviger.control, secretOf(owner.master)), newHistory(), {
      name: `client_${index}`,
      random,
    });
  });
}

type Round = {
  readonly claviger: Claviger;
  readonly database: Database;
  readonly clients: readonly BusyClient[];
  readonly random: Random;
};

/** All clients work; in the middle of an answer to one of them everything ends. Every fourth time the database's server goes too. */
async function workUntilKilled({ claviger, database, clients, random }: Round, kill: number): Promise<void> {
  let left = 1 + random.below(CALLS_MOST);
  const kills: Promise<unknown>[] = [];
  const onAcknowledged = (): void => {
    left -= 1;
    if (left > 0 || kills.length > 0) return;
    kills.push(claviger.kill());
    if (kill % 4 === 0) kills.push(database.crash());
  };
  await Promise.all(clients.map((client) => client.work(onAcknowledged)));
  await Promise.all(kills);
}

/**
 * What the verify endpoint says of the keys that changed since the last time, or of all there ever were, where it is not
 * what their client was promised (X1, X5, K10).
 */
async function findWrongVerdicts(
  claviger: Claviger,
  clients: readonly BusyClient[],
  isAboutAll: boolean,
): Promise<readonly string[]> {
  const connection = await openVerifyConnection(claviger);
  const wrong: string[] = [];
  const ask = async (key: string, expected: string): Promise<void> => {
    const { code } = await connection.ask(questionBytes(claviger, { key, authenticate_only: true }));
    if (code !== expected) wrong.push(`${key.slice(0, 16)}…: ${code} instead of ${expected}`);
  };
  const keys = clients.flatMap(({ history }) => {
    const asked = [...history.keys.values()].filter(({ id }) => isAboutAll || history.touched.has(id));
    history.touched.clear();
    return asked;
  });
  for (const key of keys) {
    const dead = key.isDeleted ? 'not_found' : 'expired';
    if (key.secret !== null) await ask(key.secret, key.isForceExpired || key.isDeleted ? dead : 'allowed');
    for (const replaced of key.replaced) await ask(replaced, dead);
  }
  connection.close();
  return wrong;
}
