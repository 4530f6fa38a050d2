import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invitePeople } from './model/people.ts';
import { walk } from './model/walk.ts';
import { openWorld, type World } from './model/world.ts';
import { type Database, ENGINES } from './support/engines.ts';
import { seededRandom, seedOfRun } from './support/random.ts';
import { findChainBreaks, publicKeyOf, readStoredChain } from './support/stored-chain.ts';

const STEPS = Number(process.env['MODEL_STEPS'] ?? (process.env['RELIABILITY'] === 'full' ? 100_000 : 2_500));
const WITHIN_MS = 60_000 + STEPS * 100;

describe.each(ENGINES)('a walk beside a model on $engine', ({ engine, openDatabase }) => {
  let database: Database;
  let world: World;

  beforeAll(async () => {
    database = await openDatabase();
    world = await openWorld(database);
  });
  afterAll(async () => {
    await world?.delete();
    await database?.delete();
  });

  test(
    'every answer, every verdict and every event is what the rules say, whatever is asked and however time goes (K4, E4, E9, X1, X5, U3, A1)',
    async () => {
      const seed = seedOfRun();
      console.log(`${engine}: SEED=${seed}`);
      const { model } = world;
      await invitePeople(world);
      const walked = await walk(world, seededRandom(seed), STEPS).catch((fault: unknown) => {
        throw new Error(`SEED=${seed} ${String(fault)}`, { cause: fault });
      });
      console.log(`${engine}: ${STEPS} steps, ${JSON.stringify(walked)}, ${model.keys.size} keys`);
      const claviger = world.claviger();
      await claviger.stop();
      const chain = await readStoredChain((select) => database.rows(claviger.dataDir, select));
      expect(findChainBreaks(chain, publicKeyOf(claviger.dataDir)), `SEED=${seed}`).toEqual([]);
      const counted = new Map<string, number>();
      for (const event of chain.events) {
        // What the server does of its own accord, such as reminding, is no call of the walk.
        const isOfWalk = event['result'] === 'success' && !String(event['actor']).includes('"kind":"system"');
        if (!isOfWalk) continue;
        const name = String(event['event_name']);
        counted.set(name, (counted.get(name) ?? 0) + 1);
      }
      // What set-up and start write of themselves, and sessions that end with their user, are no calls of the walk.
      for (const name of ['session.ended', 'internal_key.created', 'internal_key.bound']) counted.delete(name);
      expect(Object.fromEntries(counted), `SEED=${seed}`).toEqual(Object.fromEntries(model.events));
    },
    WITHIN_MS,
  );
});
