import {
  DAY_MS,
  DEFAULT_CATALOGUE,
  type KeyId,
  lifespan,
  type Permission,
  type PolicyId,
  type Result,
  type UserId,
} from '@claviger/core';
import type { Committed } from '@claviger/storage';
import type { Refusal } from '../../refusal.ts';
import { attachPolicy } from '../attach-policy.ts';
import { changeCatalogue } from '../change-catalogue.ts';
import { changeExpirationPolicy } from '../change-expiration-policy.ts';
import { changeUser } from '../change-user.ts';
import { changeUserExpirationPolicy } from '../change-user-expiration-policy.ts';
import { createKey } from '../create-key.ts';
import { createPolicy } from '../create-policy.ts';
import { createServiceAccount } from '../create-service-account.ts';
import { deleteKey } from '../delete-key.ts';
import { deletePolicy } from '../delete-policy.ts';
import { deleteUser } from '../delete-user.ts';
import type { CommandContext } from '../deps.ts';
import { detachPolicy } from '../detach-policy.ts';
import { disableKey } from '../disable-key.ts';
import { editKey } from '../edit-key.ts';
import { editPolicy } from '../edit-policy.ts';
import { enableKey } from '../enable-key.ts';
import { finishRotation } from '../finish-rotation.ts';
import { forceExpireKey } from '../force-expire-key.ts';
import { handOver } from '../hand-over.ts';
import { rotateKey } from '../rotate-key.ts';
import { selfRevoke } from '../self-revoke.ts';
import type { KeyWithSecret } from '../shown-key.ts';
import { type HeldKey, type Name, onDatabase, PEOPLE, PLAIN_KEY, type Scene } from './scene.ts';

/** One move of somebody's: everything in it is a number, so that a failing row of moves shrinks. */
export type Move = {
  readonly who: number;
  readonly credential: number;
  readonly act: ActName;
  readonly target: number;
  readonly choice: number;
};

/** A secret that a person has learnt by an answer, and can present from then on. */
export type Learnt = HeldKey & { readonly by: Name };

/** A move that was made: who made it, as which user, and what came of it. */
export type Made = {
  readonly actor: UserId;
  readonly outcome: Result<Committed<unknown>, Refusal>;
  /** The keys whose secrets the answer held. */
  readonly learnt: readonly Learnt[];
};

export const NAMES = Object.keys(PEOPLE) as readonly Name[];

const NARROWINGS: readonly (readonly Permission[] | null)[] = [
  null,
  null,
  [],
  [onDatabase('import', 'a*')],
  [onDatabase('query', 'ab'), onDatabase('import', 'b')],
  [onDatabase('manage', '*')],
];
const SETS: readonly (readonly Permission[])[] = [
  [onDatabase('query', 'a*')],
  [onDatabase('import', 'ab', 'b')],
  [onDatabase('manage', 'a')],
];
const LIFESPANS = [undefined, lifespan(null), lifespan(2), lifespan(40)];
const WAITS_MS = [1, 3_600_000, DAY_MS, 3_600_000, DAY_MS, 40 * DAY_MS];

/** People who try things: with their session, or with any secret they have learnt, as its owner. */
export class Intrigue {
  readonly scene: Scene;
  readonly learnt: Learnt[] = [];
  readonly keyIds: KeyId[] = [];
  readonly userIds: UserId[];
  readonly policyIds: PolicyId[] = [];

  constructor(scene: Scene, userIds: readonly UserId[]) {
    this.scene = scene;
    this.userIds = [...userIds];
  }

  /** Makes one move, or none when whoever is to make it is gone and holds no key. Whatever it gives away, that person knows. */
  async make(move: Move): Promise<Made | null> {
    const by = pick(NAMES, move.who);
    const held = this.learnt.filter((known) => known.by === by);
    const key = move.credential === 0 ? undefined : held[(move.credential - 1) % Math.max(held.length, 1)];
    const context = await this.#contextFor(by, key);
    if (context === null) return null;
    const outcome = await ACTS[move.act]({ intrigue: this, context, held, ...move });
    const learnt = outcome.ok ? secretsIn(outcome.value.value).map((made) => ({ ...made, by })) : [];
    this.learnt.push(...learnt);
    for (const { key: made } of learnt) if (!this.keyIds.includes(made.id)) this.keyIds.push(made.id);
    return { actor: context.caller.user.id, outcome, learnt };
  }

  /** A key is presented as it is now: it may have passed to somebody else since it was learnt. */
  async #contextFor(by: Name, held: Learnt | undefined): Promise<CommandContext | null> {
    if (held !== undefined) {
      const key = (await this.scene.key(held.key.id)) ?? held.key;
      if (await this.#isThere(key.ownerId)) return this.scene.asKey({ key, secret: held.secret });
    }
    const own = this.userIds[NAMES.indexOf(by)];
    return own !== undefined && (await this.#isThere(own)) ? this.scene.as(by) : null;
  }

  async #isThere(id: UserId): Promise<boolean> {
    return (await this.scene.store.read((reader) => reader.users.find(this.scene.account.id, id))) !== null;
  }
}

type Play = Move & { readonly intrigue: Intrigue; readonly context: CommandContext; readonly held: readonly Learnt[] };
type Act = (play: Play) => Promise<Result<Committed<unknown>, Refusal>>;

/** Counted from the latest: what was just made is what the next move is about, more often than not. */
const keyOf = ({ intrigue, choice }: Play): KeyId => pick(intrigue.keyIds.toReversed(), choice >> 2);
const userOf = ({ intrigue, target }: Play): UserId => pick(intrigue.userIds, target);
const policyOf = ({ intrigue, choice }: Play): PolicyId => pick(intrigue.policyIds, choice);

const ACTS = {
  create: (play) => {
    const kind = play.choice % 5 === 4 ? 'write_only' : 'master';
    const bounds = { permissions: pick(NARROWINGS, play.choice), lifespan: pick(LIFESPANS, play.choice >> 2) };
    const ownerId = play.target % 4 === 0 ? null : userOf(play);
    return createKey(play.intrigue.scene.deps, play.context, { ...PLAIN_KEY, ...bounds, kind, ownerId });
  },
  rotate: (play) => {
    const overlapSeconds = pick([0, 3600, 2_592_000, 2_592_000], play.choice);
    return rotateKey(play.intrigue.scene.deps, play.context, { keyId: keyOf(play), overlapSeconds });
  },
  edit: (play) => {
    const edit = { permissions: pick(NARROWINGS, play.target) };
    return editKey(play.intrigue.scene.deps, play.context, { keyId: keyOf(play), edit });
  },
  finish: (play) => finishRotation(play.intrigue.scene.deps, play.context, keyOf(play)),
  disable: (play) => disableKey(play.intrigue.scene.deps, play.context, keyOf(play)),
  enable: (play) => enableKey(play.intrigue.scene.deps, play.context, keyOf(play)),
  forceExpire: (play) => {
    const end = { reason: 'other', note: null, isWithDescendants: play.choice % 2 === 0 } as const;
    return forceExpireKey(play.intrigue.scene.deps, play.context, { keyId: keyOf(play), ...end });
  },
  delete: (play) => deleteKey(play.intrigue.scene.deps, play.context, keyOf(play)),
  selfRevoke: (play) => {
    const { secret: key } = pick(play.intrigue.learnt, play.target);
    return selfRevoke(play.intrigue.scene.deps, play.intrigue.scene.anonymous(), { key });
  },
  changeType: (play) => {
    const userType = play.choice % 3 === 0 ? 'restricted' : 'administrator';
    return changeUser(play.intrigue.scene.deps, play.context, { userId: userOf(play), userType });
  },
  changeDisabled: (play) => {
    const isDisabled = play.choice % 3 === 0;
    return changeUser(play.intrigue.scene.deps, play.context, { userId: userOf(play), isDisabled });
  },
  createPolicy: async (play) => {
    const input = { name: 'P', description: null, permissions: pick(SETS, play.choice) };
    const outcome = await createPolicy(play.intrigue.scene.deps, play.context, input);
    if (outcome.ok) play.intrigue.policyIds.push(outcome.value.value.id);
    return outcome;
  },
  editPolicy: (play) => {
    const edit = { permissions: pick(SETS, play.target) };
    return editPolicy(play.intrigue.scene.deps, play.context, { policyId: policyOf(play), edit });
  },
  attach: (play) =>
    attachPolicy(play.intrigue.scene.deps, play.context, { policyId: policyOf(play), userId: userOf(play) }),
  detach: (play) =>
    detachPolicy(play.intrigue.scene.deps, play.context, { policyId: policyOf(play), userId: userOf(play) }),
  deletePolicy: (play) => deletePolicy(play.intrigue.scene.deps, play.context, policyOf(play)),
  changeCatalogue: (play) => {
    const push = { name: 'push', isIngestion: play.choice % 3 !== 0, includes: [] };
    const to =
      play.choice % 2 === 0 ? DEFAULT_CATALOGUE : [...DEFAULT_CATALOGUE, { name: 'queue', operations: [push] }];
    return changeCatalogue(play.intrigue.scene.deps, play.context, to);
  },
  deleteUser: (play) => {
    const isWidening = play.choice % 7 === 0;
    const reassignment =
      play.choice % 4 === 0 ? null : { newOwnerId: pick(play.intrigue.userIds, play.choice >> 1), isWidening };
    const input = { userId: userOf(play), reassignment, isPreview: false };
    return deleteUser(play.intrigue.scene.deps, play.context, input);
  },
  handOver: (play) => handOver(play.intrigue.scene.deps, play.context, userOf(play)),
  setPolicy: (play) => {
    const input = { lifespans: { master: lifespan(pick([null, 2, 30], play.choice)) }, usersMayOnlyShorten: false };
    return changeExpirationPolicy(play.intrigue.scene.deps, play.context, input);
  },
  setUserPolicy: (play) => {
    const policy = pick([{}, { master: lifespan(2) }, { master: lifespan(null) }], play.choice);
    return changeUserExpirationPolicy(play.intrigue.scene.deps, play.context, { userId: userOf(play), policy });
  },
  createServiceAccount: async (play) => {
    const outcome = await createServiceAccount(play.intrigue.scene.deps, play.context, { name: 'CI', contacts: [] });
    if (outcome.ok) play.intrigue.userIds.push(outcome.value.value.user.id);
    return outcome;
  },
  wait: async ({ intrigue, choice }) => {
    intrigue.scene.pass(pick(WAITS_MS, choice));
    return { ok: true, value: { value: null, version: null, entries: [], ends: [] } };
  },
} satisfies Record<string, Act>;

export type ActName = keyof typeof ACTS;
export const ACT_NAMES = Object.keys(ACTS) as readonly ActName[];

function secretsIn(value: unknown): readonly KeyWithSecret[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('secret' in value) return [value as KeyWithSecret];
  return Object.hasOwn(value, 'keys') ? (value as { readonly keys: readonly KeyWithSecret[] }).keys : [];
}

function pick<T>(from: readonly T[], index: number): T {
  return from[index % from.length] as T;
}
