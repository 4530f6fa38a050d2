import type { Random } from '../support/random.ts';
import { type HeldKey, type Model, mayManage, maySee, type Person, personOf } from './facts.ts';
import { type Answer, type Credential, usableKeysOf, type World } from './world.ts';

/** One call, and what must come of it. */
export type Move = {
  readonly credential: Credential;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** The problem it must answer, or null when it must succeed. */
  readonly refusal: string | null;
  /** What its success changes in the model, and which key its answer must show then. */
  apply(answer: Answer): HeldKey | null | Promise<HeldKey | null>;
};

/** Chooses a call; null when there is nothing of the sort to do right now. */
export type Plan = (world: World, random: Random) => Promise<Move | null>;

/** Somebody who asks, with one of their keys, or with a session: service accounts have none. */
export async function pickCredential(world: World, random: Random): Promise<Credential | null> {
  const { model } = world;
  const person = random.pick([...model.people.values()]);
  if (person.isDisabled) return null;
  if (!person.isService && random.below(4) === 0) return world.sessionOf(person);
  return keyCredential(model, random, person);
}

/** One of a person's own keys to ask with. */
export function keyCredential(model: Model, random: Random, person: Person): Credential | null {
  const keys = usableKeysOf(model, person);
  if (keys.length === 0) return null;
  const key = random.pick(keys);
  const secret = key.secrets.find(({ isCurrent }) => isCurrent);
  return secret === undefined ? null : { kind: 'key', person, key, text: secret.text };
}

/** A key that is not deleted, now and then one that is; most often one that the caller may manage. */
export function pickKey(model: Model, random: Random, actor: Person): HeldKey | null {
  const keys = [...model.keys.values()];
  const wanted = random.below(10);
  const candidates = keys.filter((key) => {
    if (wanted === 0) return key.isDeleted;
    return !key.isDeleted && (wanted < 3 || managesKey(model, actor, key));
  });
  return candidates.length === 0 ? null : random.pick(candidates);
}

/** Whether a key is there for somebody (K9, K10). */
export function managesKey(model: Model, actor: Person, key: HeldKey): boolean {
  if (key.isDeleted || !model.people.has(key.ownerId)) return false;
  return mayManage(actor, personOf(model, key.ownerId));
}

/** What somebody is told who may see, or may not see, a user they do not manage (K9, U3). */
export function refusalOnUser(actor: Person, target: Person, whenUnseen: string): string | null {
  if (mayManage(actor, target)) return null;
  return maySee(actor, target) ? 'not_allowed' : whenUnseen;
}

/** Who is written down as the maker of a secret. */
export function makerOf(credential: Credential): { readonly userId: string; readonly keyId: string | null } {
  return { userId: credential.person.id, keyId: credential.kind === 'key' ? credential.key.id : null };
}
