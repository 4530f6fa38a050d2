import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientHistory, RememberedKey } from './client-history.ts';
import type { Row } from './postgres.ts';
import { findCountDifferences } from './event-counts.ts';
import type { StoredChain } from './stored-chain.ts';

/** What the database holds, beside the audit log. */
export type StoredFacts = {
  readonly chain: StoredChain;
  /** Key id to the row of its key. */
  readonly keys: ReadonlyMap<string, Row>;
  /** Key id to how many secrets it has. */
  readonly secrets: ReadonlyMap<string, number>;
  readonly tombstones: ReadonlySet<string>;
  /** Policy id to the JSON text of its permissions. */
  readonly policies: ReadonlyMap<string, string>;
};

/** Reads them; with SQLite the program must not be running. */
export async function readStoredFacts(
  chain: StoredChain,
  rows: (select: string) => Promise<readonly Row[]>,
): Promise<StoredFacts> {
  const keys = await rows('select id, name, forced_at, forced_reason from keys');
  const secrets = await rows('select key_id, count(*) as secrets from key_secrets group by key_id');
  const tombstones = await rows('select key_id from tombstones');
  const policies = await rows('select id, permissions from policies');
  return {
    chain,
    keys: new Map(keys.map((row) => [String(row['id']), row])),
    secrets: new Map(secrets.map((row) => [String(row['key_id']), Number(row['secrets'])])),
    tombstones: new Set(tombstones.map((row) => String(row['key_id']))),
    policies: new Map(policies.map((row) => [String(row['id']), String(row['permissions'])])),
  };
}

/** Keys in `ended.log`, each with how it ended; a line that a kill cut off is none. */
function readEnds(dataDir: string): ReadonlySet<string> {
  const lines = readFileSync(join(dataDir, 'ended.log'), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const ends = lines.map((line) => JSON.parse(line) as { readonly key_id: string; readonly how: string });
  return new Set(ends.map((end) => `${end.key_id} ${end.how}`));
}

/**
 * Everything in which the server's state differs from what its clients were promised: lost, half-applied, doubled, or
 * without its event (A1). `known` are keys and policies that no client made.
 */
export function findDifferences(
  histories: readonly ClientHistory[],
  facts: StoredFacts,
  known: ReadonlySet<string>,
): readonly string[] {
  const keys = histories.flatMap((history) => [...history.keys.values()]);
  return [
    ...keys.flatMap((key) => differencesOfKey(key, facts)),
    ...histories.flatMap((history) => differencesOfPolicies(history, facts)),
    ...histories.flatMap((history) => missingEvents(history, facts)),
    ...findCountDifferences(histories, facts.chain, known),
    ...[...facts.keys.keys()]
      .filter((id) => !known.has(id) && !keys.some((key) => key.id === id))
      .map((id) => `${id}: nobody made it`),
  ];
}

/** Ends that were acknowledged, and are not in `ended.log`: it is written before the answer, not at the next start (D3). */
export function findMissingEnds(histories: readonly ClientHistory[], dataDir: string): readonly string[] {
  const ends = readEnds(dataDir);
  return histories.flatMap((history) =>
    [...history.keys.values()].flatMap(({ id, isForceExpired, isDeleted }) => [
      ...(isForceExpired ? missingEnd(id, 'force_expired', ends) : []),
      ...(isDeleted ? missingEnd(id, 'deleted', ends) : []),
    ]),
  );
}

function differencesOfKey(key: RememberedKey, facts: StoredFacts): readonly string[] {
  const row = facts.keys.get(key.id);
  if (key.isDeleted) {
    const isGone = row === undefined && facts.secrets.get(key.id) === undefined && facts.tombstones.has(key.id);
    return isGone ? [] : [`${key.id}: deleted, but still there`];
  }
  if (row === undefined) return [`${key.id}: made, but not there`];
  const differences: string[] = [];
  if (row['name'] !== key.name) differences.push(`${key.id}: its name is ${String(row['name'])}, not ${key.name}`);
  if (facts.secrets.get(key.id) !== key.rotations + 1) {
    differences.push(`${key.id}: ${facts.secrets.get(key.id)} secrets after ${key.rotations} rotations`);
  }
  if ((row['forced_at'] !== null) !== key.isForceExpired) differences.push(`${key.id}: force-expired or not?`);
  if ((row['forced_reason'] !== null) !== key.isForceExpired) differences.push(`${key.id}: half force-expired`);
  return differences;
}

function missingEnd(id: string, how: string, ends: ReadonlySet<string>): readonly string[] {
  return ends.has(`${id} ${how}`) ? [] : [`${id}: ${how}, but not in ended.log`];
}

function differencesOfPolicies(history: ClientHistory, facts: StoredFacts): readonly string[] {
  return [...history.policies.values()].flatMap(({ id, database }) => {
    const permissions = facts.policies.get(id) ?? '';
    return permissions.includes(JSON.stringify(database)) ? [] : [`${id}: permits ${permissions}, not ${database}`];
  });
}

/** Every version that an answer named must be the event that it promised. */
function missingEvents(history: ClientHistory, facts: StoredFacts): readonly string[] {
  return history.promised.flatMap(({ version, eventName, resourceId }) => {
    const event = facts.chain.events[version - 1];
    const isThere = event?.['event_name'] === eventName && event['resource_id'] === resourceId;
    return isThere ? [] : [`version ${version} is not ${eventName} of ${resourceId}`];
  });
}
