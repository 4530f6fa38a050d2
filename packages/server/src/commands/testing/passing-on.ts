import assert from 'node:assert/strict';
import { isAdministrative, type UserType } from '@claviger/core';
import type { Key } from '@claviger/storage';
import { isWorking, permits, PROBES, rightsIn, type State, type Step } from './rights-state.ts';

/** What was true when keys passed to other owners and when secrets were learnt: later moves are held against it. */
export type Memory = {
  /** What each key could do that passed on without being widened, until somebody edits it. */
  readonly ceilings: Map<string, Ceiling>;
  /** For each secret that was learnt, how high the owner of its key stood then, or when the key passed on. */
  readonly ranks: number[];
};

/** Probes as text, and how high somebody stands who manages with the key; -1 manages nobody. */
type Ceiling = { readonly probes: ReadonlySet<string>; readonly rank: number };

const RANKS: Readonly<Record<UserType, number>> = { restricted: 0, administrator: 1, owner: 2 };

/** Nothing to remember yet but the secrets that are known from the start. */
export function newMemory(start: State): Memory {
  return {
    ceilings: new Map(),
    ranks: start.secrets.map((secret) => (secret === null ? 0 : rankIn(start, secret.key))),
  };
}

/** Takes a move into the memory. */
export function remember(memory: Memory, step: Step): void {
  const { before, after, intrigue, move } = step;
  for (const index of intrigue.learnt.keys()) {
    const found = after.secrets[index] ?? null;
    memory.ranks[index] ??= found === null ? 0 : rankIn(after, found.key);
    const old = before.secrets[index] ?? null;
    if (found !== null && old !== null && old.key.ownerId !== found.key.ownerId)
      memory.ranks[index] = rankIn(after, found.key);
  }
  for (const [id, key] of after.keys) {
    const old = before.keys.get(id);
    if (old === undefined) continue;
    if (old.ownerId !== key.ownerId) passOn(memory, step, { old, key });
    else if (move.act === 'edit' && old.permissions !== key.permissions) memory.ceilings.delete(id);
    // A rotation after a promotion ends the secrets that others know.
    else if (move.act === 'rotate' && old.disabledReason === 'promotion') memory.ceilings.delete(id);
  }
}

/** Keys pass on by a deletion only; unless the Owner widened it, what such a key could do is all that it may do from then on (U4). */
function passOn(
  memory: Memory,
  { move, made, before }: Step,
  { old, key }: { readonly old: Key; readonly key: Key },
): void {
  assert.equal(move.act, 'deleteUser');
  const isWidened = move.choice % 7 === 0;
  if (isWidened) assert.equal(before.users.get(made.actor)?.userType, 'owner', 'somebody else than the Owner widened');
  const former = before.users.get(old.ownerId) ?? assert.fail();
  if (former.disabledAt !== null) assert.notEqual(key.disabledAt, null, 'a key started again by passing on');
  if (isWidened) memory.ceilings.delete(key.id);
  else memory.ceilings.set(key.id, reachOf(before, old));
}

/** No key does more than before it passed on, whatever its new owner has or gets (U4, P6). */
export function passedOnKeysGainNothing({ ceilings }: Memory, { after, move }: Step): void {
  for (const [id, ceiling] of ceilings) {
    const key = after.keys.get(id);
    if (key === undefined || key.disabledAt !== null) continue;
    const reach = reachOf(after, key);
    for (const probe of reach.probes) assert.ok(ceiling.probes.has(probe), `${move.act} gave a passed on key ${probe}`);
    assert.ok(reach.rank <= ceiling.rank, `after ${move.act} a passed on key manages more than before`);
  }
}

/** Whoever rises, by a promotion or by getting the account, has no working secret that somebody else learnt before (U3). */
export function risenOwnersShareNoSecret({ ranks }: Memory, { intrigue, after }: Step): void {
  for (const [index, known] of intrigue.learnt.entries()) {
    const found = after.secrets[index] ?? null;
    if (found === null || !isWorking(found, after)) continue;
    const owner = after.users.get(found.key.ownerId) ?? assert.fail();
    if (!isAdministrative(owner.userType) || known.by === owner.name) continue;
    const hasRisen = RANKS[owner.userType] > (ranks[index] ?? assert.fail());
    assert.ok(!hasRisen, `${known.by} holds a working key of ${owner.name}, who is ${owner.userType} by now`);
  }
}

function reachOf(state: State, key: Key): Ceiling {
  const owners = rightsIn(state, key.ownerId);
  const probes = PROBES.filter(
    (probe) =>
      permits(owners, probe) &&
      (key.permissions === null || permits(key.permissions, probe)) &&
      (key.kind === 'master' || probe.operation === 'import'),
  );
  const manages = key.kind === 'master' && key.permissions === null;
  return {
    probes: new Set(probes.map(({ operation, name }) => `${operation} ${name}`)),
    rank: manages ? rankIn(state, key) : -1,
  };
}

function rankIn({ users }: State, { ownerId }: Pick<Key, 'ownerId'>): number {
  return RANKS[users.get(ownerId)?.userType ?? 'restricted'];
}
