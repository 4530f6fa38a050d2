import type { ClientHistory } from './client-history.ts';
import type { StoredChain } from './stored-chain.ts';

/** How many events of each kind there are about each thing: one too many is a doubled change, one too few an unaudited one. */
export function findCountDifferences(
  histories: readonly ClientHistory[],
  chain: StoredChain,
  known: ReadonlySet<string>,
): readonly string[] {
  const stored = countOf(
    chain.events
      .filter(
        (event) => /^(?:key|policy)\./.test(String(event['event_name'])) && !known.has(String(event['resource_id'])),
      )
      .map((event) => `${String(event['event_name'])} ${String(event['resource_id'])}`),
  );
  const promised = countOf(histories.flatMap(eventsOf));
  return [...new Set([...stored.keys(), ...promised.keys()])]
    .filter((what) => stored.get(what) !== promised.get(what))
    .map((what) => `${what}: ${stored.get(what) ?? 0} events, promised ${promised.get(what) ?? 0}`);
}

function eventsOf(history: ClientHistory): readonly string[] {
  const ofKeys = [...history.keys.values()].flatMap((key) => [
    `key.created ${key.id}`,
    ...Array.from({ length: key.rotations }, () => `key.rotated ${key.id}`),
    ...(key.isForceExpired ? [`key.force_expired ${key.id}`] : []),
    ...(key.isDeleted ? [`key.deleted ${key.id}`] : []),
  ]);
  const ofPolicies = [...history.policies.values()].flatMap(({ id, edits }) => [
    `policy.created ${id}`,
    ...Array.from({ length: edits }, () => `policy.changed ${id}`),
  ]);
  return [...ofKeys, ...ofPolicies];
}

function countOf(items: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}
