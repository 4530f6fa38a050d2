import type { KeyObject } from '@claviger/contract';
import type { Random } from '../support/random.ts';
import { DATABASES, decisionOf, type HeldKey, isDead, type Model, OPERATIONS, personOf, statusOf } from './facts.ts';
import {
  createKey,
  deleteKey,
  disableKey,
  editKey,
  enableKey,
  finishRotation,
  forceExpireKey,
  rotateKey,
} from './key-moves.ts';
import { deleteUser, handOver } from './leaving-moves.ts';
import { listKeys } from './listing.ts';
import { applyPolicy, forceExpireMany } from './many-keys-moves.ts';
import { type Plan } from './move.ts';
import {
  attachPolicy,
  changePolicy,
  changeType,
  createServiceAccount,
  disableUser,
  setPolicy,
  setUserPolicy,
} from './people-moves.ts';
import { dayMs, wireTime } from './time.ts';
import type { World } from './world.ts';

/** What a walk did. */
export type Walked = {
  readonly calls: number;
  readonly refusals: number;
  readonly verdicts: number;
  readonly clock: number;
};

/** Every sort of call, as often as it stands here. */
const PLANS: readonly Plan[] = [
  ...Array<Plan>(6).fill(createKey),
  ...Array<Plan>(4).fill(rotateKey),
  ...Array<Plan>(2).fill(disableKey),
  ...Array<Plan>(3).fill(enableKey),
  ...Array<Plan>(2).fill(editKey),
  ...Array<Plan>(2).fill(changePolicy),
  ...Array<Plan>(3).fill(attachPolicy),
  ...Array<Plan>(2).fill(disableUser),
  finishRotation,
  forceExpireKey,
  deleteKey,
  createServiceAccount,
  applyPolicy,
  forceExpireMany,
  deleteUser,
  handOver,
  changeType,
  setPolicy,
  setUserPolicy,
];

const CLOCK_ONCE_IN = 40;
const RESTART_ONCE_IN = 2_500;
const LOOK_AT_ALL_EVERY = 1_000;

/** Walks so many steps, and throws at the first answer that is not the model's. */
export async function walk(world: World, random: Random, steps: number): Promise<Walked> {
  const done = { calls: 0, refusals: 0, verdicts: 0, clock: 0 };
  for (let step = 1; step <= steps; step += 1) {
    if (random.below(CLOCK_ONCE_IN) === 0) {
      await moveClock(world, random);
      done.clock += 1;
    } else {
      const wasRefused = await callOnce(world, random, step);
      done.calls += 1;
      done.refusals += wasRefused ? 1 : 0;
    }
    await verifyOne(world, random, step);
    done.verdicts += 1;
    if (step % LOOK_AT_ALL_EVERY === 0) await compareAll(world, random, step);
  }
  await compareAll(world, random, steps);
  return done;
}

/** Lets time pass: often to the very instant at which a key ends, or a millisecond to either side; or sets the clock back. */
async function moveClock(world: World, random: Random): Promise<void> {
  if (random.below(RESTART_ONCE_IN / CLOCK_ONCE_IN) === 0)
    return world.restartBehind(random.pick([0, 1, dayMs(1), dayMs(400)]));
  const { now } = world.model;
  const next = random.below(3) === 0 ? null : nextEnd(world.model);
  const some = random.pick([1, 999, 59_000, 3_600_000, 5_000_000, dayMs(1), dayMs(7)]);
  const ms = next === null ? some : Math.max(1, next - now + random.pick([-1, 0, 0, 1]));
  return world.pass(ms);
}

function nextEnd(model: Model): number | null {
  const ends = [...model.keys.values()].flatMap((key) => [key.expiresAt, ...key.secrets.map(({ endsAt }) => endsAt)]);
  const coming = ends.filter((end) => end !== null && end > model.now + 1);
  return coming.length === 0 ? null : Math.min(...(coming as number[]));
}

async function callOnce(world: World, random: Random, step: number): Promise<boolean> {
  let move = null;
  while (move === null) move = await random.pick(PLANS)(world, random);
  const { credential, method, path, body, refusal } = move;
  const answer = await world.call(credential, method, path, body);
  const code = answer.status < 300 ? null : String(answer.body['code']);
  if (code !== refusal) {
    const who = `${credential.person.type} with a ${credential.kind}`;
    const asked = `${who}: ${method} ${path} ${JSON.stringify(body ?? {})}`;
    throw new Error(
      `step ${step}: ${asked}\nanswered ${code ?? 'success'}, not ${refusal ?? 'success'}: ${JSON.stringify(answer.body)}`,
    );
  }
  if (refusal !== null) return true;
  const key = await move.apply(answer);
  if (key === null) return false;
  const shown = (answer.body['key'] ?? answer.body) as KeyObject;
  refuseDifference(world.model, key, shown, `step ${step}: ${method} ${path}`);
  return false;
}

/** Presents one of all the secrets that anybody was ever shown. */
async function verifyOne(world: World, random: Random, step: number): Promise<void> {
  const { model } = world;
  const key = random.pick([...model.keys.values()].slice(random.below(2) === 0 ? -60 : 0));
  const secret = random.pick(key.secrets);
  const wanted =
    random.below(4) === 0 ? null : { operation: random.pick(OPERATIONS), database: random.pick(DATABASES) };
  const expected = decisionOf(model, { key, secret }, wanted);
  const code = await world.verify(secret.text, wanted);
  if (code === expected) return;
  const asked = `${key.id} (secret ${key.secrets.indexOf(secret) + 1} of ${key.secrets.length}) for ${JSON.stringify(wanted)}`;
  throw new Error(`step ${step}: ${asked} at ${wireTime(model.now)} is ${code}, not ${expected}\n${world.log()}`);
}

/** Reads every key that there is for the Owner, and compares each. */
async function compareAll(world: World, random: Random, step: number): Promise<void> {
  const { model } = world;
  const listed = await listKeys(world, random);
  const living = [...model.keys.values()].filter((key) => !key.isDeleted && model.people.has(key.ownerId));
  if (listed.size !== living.length)
    throw new Error(`step ${step}: ${listed.size} keys are listed, not ${living.length}`);
  for (const key of living) {
    const shown = listed.get(key.id);
    if (shown === undefined) throw new Error(`step ${step}: ${key.id} is not listed`);
    refuseDifference(model, key, shown, `step ${step}: in the list`);
  }
}

function refuseDifference(model: Model, key: HeldKey, shown: KeyObject, where: string): void {
  const expected = shownFacts(model, key);
  for (const [name, value] of Object.entries(expected)) {
    const got = (shown as Readonly<Record<string, unknown>>)[name];
    if (JSON.stringify(got) === JSON.stringify(value)) continue;
    throw new Error(`${where}: ${key.id} shows ${name} ${JSON.stringify(got)}, not ${JSON.stringify(value)}`);
  }
}

/** A key as an answer must show it now. */
function shownFacts(model: Model, key: HeldKey): Readonly<Record<string, unknown>> {
  return {
    id: key.id,
    kind: key.kind,
    name: key.name,
    owner_id: key.ownerId,
    created_by: key.createdBy,
    created_by_key_id: key.createdByKeyId,
    status: statusOf(model, key),
    expired_by: !isDead(model, key) ? null : key.forced === null ? 'lifespan' : 'forced',
    owner_disabled: personOf(model, key.ownerId).isDisabled,
    forced_expiry: key.forced === null ? null : { ...key.forced, at: wireTime(key.forced.at) },
    created_at: wireTime(key.createdAt),
    expires_at: wireTime(key.expiresAt),
    permissions: key.shownPermissions,
    rotation:
      key.rotation === null
        ? null
        : {
            rotated_at: wireTime(key.rotation.rotatedAt),
            previous_ends_at: wireTime(key.rotation.previousEndsAt),
          },
  };
}
