import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DAY_MS, type Instant, instant } from '@claviger/core';
import { type Account, type Key, openPostgres, type User } from '@claviger/storage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  expectedIntents,
  type Intent,
  openReminderWorld,
  type WorldOn,
  written,
} from '../packages/server/src/jobs/testing/reminder-world.ts';
import { type Postgres, startPostgres } from './support/postgres.ts';
import { type Program, startProgram } from './support/program.ts';
import { type Random, seededRandom, seedOfRun } from './support/random.ts';
import { sha256, storeDeps } from './support/store-deps.ts';
import { makeTemporaryFolder, type TemporaryFolder } from './support/temporary-folder.ts';
import { until } from './support/until.ts';

const HOUR_MS = DAY_MS / 24;
const START = instant(Date.UTC(2028, 1, 20, 9, 30));
const SCHEDULERS = 3;
const OWNERS = 30;
const KEYS = process.env['RELIABILITY'] === 'full' ? 10_000 : 2_000;
const KILLS_A_LOOK = 2;
/** What becomes of `now` from look to look, over 29 February and an edge of summer time, with three outages. */
const STEPS_MS = [
  ...Array.from({ length: 6 }, () => 12 * HOUR_MS),
  6 * HOUR_MS,
  ...Array.from({ length: 4 }, () => 8 * HOUR_MS),
  3 * DAY_MS,
  ...Array.from({ length: 4 }, () => 12 * HOUR_MS),
  10 * DAY_MS,
  ...Array.from({ length: 4 }, () => DAY_MS),
];
/** Where the schedulers think they are; none of it may matter. */
const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Pacific/Apia'];

const { privateKey } = generateKeyPairSync('ed25519');
const signingKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

let postgres: Postgres;
let folder: TemporaryFolder;
let url = '';
beforeAll(async () => {
  folder = makeTemporaryFolder('reminders');
  writeFileSync(join(folder.path, 'signing-key'), signingKey, { mode: 0o600 });
  postgres = await startPostgres({ isDurable: false });
  url = await postgres.newDatabase();
});
afterAll(async () => {
  await postgres?.delete();
  folder?.delete();
});

test(
  'three schedulers in five zones, killed again and again, intend everything once (R4, R5)',
  async () => {
    const seed = seedOfRun();
    console.log(`SEED=${seed}`);
    const random = seededRandom(seed);
    const { account, keys } = await fillDatabase(random);
    const crew = startCrew(random);
    const looks: Instant[] = [];
    let kills = 0;
    let now = START;
    for (const stepMs of STEPS_MS) {
      crew.setClock(now);
      for (let kill = 0; kill < KILLS_A_LOOK; kill += 1) {
        await pause(random.below(400));
        await crew.killOne();
        kills += 1;
      }
      await until(`all have dealt with ${now}`, () => crew.isDoneWith(now));
      looks.push(now);
      now = instant(now + stepMs);
    }
    await crew.stop();

    const intents = (await postgres.query(url, 'select * from reminder_intents')) as unknown as readonly Intent[];
    const mails = await postgres.query(url, 'select id from outbox');
    console.log(`${kills} kills, ${intents.length} intents in ${mails.length} mails`);
    expect(intents.length).toBeGreaterThan(KEYS);
    expect(written(intents)).toEqual(expectedIntents(keys, looks, account));
    // Neither a mail without an intent nor an intent without its mail, whenever the kill came.
    expect(new Set(intents.map((intent) => intent.mail_id))).toEqual(new Set(mails.map((mail) => mail['id'])));
    const events = "select count(*) as n from audit_events where event_name = 'reminder.queued'";
    const [{ n: told } = { n: 0 }] = await postgres.query(url, events);
    expect(Number(told)).toBeGreaterThanOrEqual(mails.length);
  },
  KEYS * 150,
);

/** Keys of many owners, of lifespans from 1 to 60 days, at most half of them gone before it begins. */
async function fillDatabase(random: Random): Promise<{ readonly account: Account; readonly keys: readonly Key[] }> {
  const store = await openPostgres(storeDeps(signingKey), { url });
  const deps: WorldOn['deps'] = {
    read: (work) => store.read(work),
    change: (context, work) => store.change(context, work),
    randomBytes,
    seal: (row) => sha256(JSON.stringify(row)),
  };
  const rows = (): never => {
    throw new Error('rows of PostgreSQL are read by psql');
  };
  const world = await openReminderWorld({ deps, rows }, START);
  const owners: User[] = [];
  for (let index = 0; index < OWNERS; index += 1) owners.push(await world.person());
  const keys = await world.keys(
    Array.from({ length: KEYS }, () => ({
      owner: random.pick(owners),
      createdAt: instant(START - random.below(20 * 24) * HOUR_MS),
      lifespanDays: 1 + random.below(60),
    })),
  );
  await store.close();
  return { account: world.account, keys };
}

/** The schedulers: always three, whoever is killed. */
function startCrew(random: Random): {
  setClock(now: Instant): void;
  killOne(): Promise<void>;
  isDoneWith(now: Instant): boolean;
  stop(): Promise<void>;
} {
  const clockFile = join(folder.path, 'clock');
  const setClock = (now: Instant): void => {
    // Renamed, so that nobody ever reads half of a time.
    writeFileSync(`${clockFile}.new`, String(now));
    renameSync(`${clockFile}.new`, clockFile);
  };
  const start = (): Program =>
    startProgram({
      name: 'a scheduler',
      command: process.execPath,
      args: [
        join(import.meta.dirname, 'support/reminder-process.ts'),
        url,
        join(folder.path, 'signing-key'),
        clockFile,
      ],
      env: { TZ: random.pick(ZONES) },
    });
  setClock(START);
  const crew = Array.from({ length: SCHEDULERS }, start);
  return {
    setClock,
    killOne: async () => {
      const place = random.below(SCHEDULERS);
      const victim = crew[place];
      if (victim?.isRunning() !== true) throw new Error(`a scheduler ended by itself:\n${victim?.errors() ?? ''}`);
      victim.signal('SIGKILL');
      await victim.ended;
      crew[place] = start();
    },
    isDoneWith: (now) => {
      const ended = crew.find((one) => !one.isRunning());
      if (ended !== undefined) throw new Error(`a scheduler ended by itself:\n${ended.errors()}`);
      return crew.every((one) => one.output().includes(`done ${now}`));
    },
    stop: async () => {
      for (const one of crew) one.signal('SIGKILL');
      await Promise.all(crew.map((one) => one.ended));
    },
  };
}
