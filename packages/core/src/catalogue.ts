/** One operation on a resource type. */
export type Operation = {
  readonly name: string;
  /** Marked as writing data in: all that a write-only key may ever do (K1, P3). */
  readonly isIngestion: boolean;
  /** Other operations of the same type that this one brings along. */
  readonly includes: readonly string[];
};

/** A kind of thing that permissions are about. */
export type ResourceType = { readonly name: string; readonly operations: readonly Operation[] };

/** What there is to permit in an account; data of the account (P3). */
export type ResourceCatalogue = readonly ResourceType[];

/** The catalogue of a new account (P3). */
export const DEFAULT_CATALOGUE: ResourceCatalogue = [
  {
    name: 'database',
    operations: [
      { name: 'query', isIngestion: false, includes: [] },
      { name: 'edit', isIngestion: false, includes: [] },
      { name: 'import', isIngestion: true, includes: [] },
      { name: 'download', isIngestion: false, includes: [] },
      { name: 'manage', isIngestion: false, includes: ['query', 'edit', 'import', 'download'] },
    ],
  },
];

/** Finds an operation, or undefined: an unknown one is permitted to nobody, not even to the Owner. */
export function findOperation(catalogue: ResourceCatalogue, resourceType: string, name: string): Operation | undefined {
  return catalogue.find((type) => type.name === resourceType)?.operations.find((operation) => operation.name === name);
}

/** An operation's name and the names of all it includes, directly or through others. */
export function withIncluded(type: ResourceType, name: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    const operation = type.operations.find((candidate) => candidate.name === next);
    if (operation === undefined) continue;
    found.add(next);
    open.push(...operation.includes);
  }
  return found;
}
