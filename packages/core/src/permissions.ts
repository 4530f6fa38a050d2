import { type ResourceCatalogue, withIncluded } from './catalogue.ts';

/** A permission: an operation on a resource type, on the named resources (P2). A name may end in `*`; `*` is all. */
export type Permission = {
  readonly resourceType: string;
  readonly operation: string;
  readonly ids: readonly string[];
};

/** What somebody may do: `everything` (the Owner, administrators: P1), or a list. */
export type Permissions = 'everything' | readonly Permission[];

/** The names that one operation is permitted on, ready for look-ups. */
type Names = { all: boolean; readonly exact: Set<string>; readonly prefixes: string[] };

/** Permissions with the catalogue's inclusions worked in, ready for the hot path. Build once, ask often. */
export type Rights = {
  /** `type:operation` of everything the catalogue knows: an unknown operation is permitted to nobody. */
  readonly known: ReadonlySet<string>;
  readonly everything: boolean;
  readonly names: ReadonlyMap<string, Names>;
};

/** Permissions as the wire lists them when somebody may do everything. */
export const EVERYTHING: Permission = { resourceType: '*', operation: '*', ids: ['*'] };

/** Works permissions and catalogue into rights (P1, P3). Permissions that the catalogue does not know give nothing. */
export function rightsOf(permissions: Permissions, catalogue: ResourceCatalogue): Rights {
  const known = new Set<string>();
  for (const type of catalogue) for (const operation of type.operations) known.add(`${type.name}:${operation.name}`);
  const names = new Map<string, Names>();
  if (permissions === 'everything') return { known, everything: true, names };
  for (const permission of permissions) {
    const type = catalogue.find((candidate) => candidate.name === permission.resourceType);
    if (type === undefined) continue;
    for (const operation of withIncluded(type, permission.operation)) {
      addNames(names, `${type.name}:${operation}`, permission.ids);
    }
  }
  return { known, everything: false, names };
}

/** Whether rights permit an operation (`type:operation`) on the resource of that name. */
export function isPermitted(rights: Rights, typeAndOperation: string, resourceName: string): boolean {
  if (rights.everything) return rights.known.has(typeAndOperation);
  const names = rights.names.get(typeAndOperation);
  if (names === undefined) return false;
  if (names.all || names.exact.has(resourceName)) return true;
  for (const prefix of names.prefixes) if (resourceName.startsWith(prefix)) return true;
  return false;
}

/** Whether a resource's name fits one of a permission's `ids`: the name itself, the start of it before a `*`, or `*` (P2). */
export function fitsId(resourceName: string, id: string): boolean {
  return id.endsWith('*') ? resourceName.startsWith(id.slice(0, -1)) : resourceName === id;
}

/** Whether rights permit at least all that a permission gives: nobody gives what they do not have (P6). */
export function covers(rights: Rights, permission: Permission, catalogue: ResourceCatalogue): boolean {
  const type = catalogue.find((candidate) => candidate.name === permission.resourceType);
  if (type === undefined) return false;
  const operations = withIncluded(type, permission.operation);
  if (operations.size === 0) return false;
  return [...operations].every((operation) =>
    permission.ids.every((pattern) => coversPattern(rights, `${type.name}:${operation}`, pattern)),
  );
}

/** The permissions of a union of policies (P1), one entry for each type and operation, in the policies' order. */
export function unionOf(lists: readonly (readonly Permission[])[]): readonly Permission[] {
  const merged = new Map<string, { readonly permission: Permission; readonly ids: Set<string> }>();
  for (const permission of lists.flat()) {
    const name = `${permission.resourceType}:${permission.operation}`;
    const entry = merged.get(name) ?? { permission, ids: new Set<string>() };
    for (const id of permission.ids) entry.ids.add(id);
    merged.set(name, entry);
  }
  return [...merged.values()].map(({ permission, ids }) => ({
    ...permission,
    ids: ids.has('*') ? ['*'] : [...ids],
  }));
}

function addNames(into: Map<string, Names>, name: string, ids: readonly string[]): void {
  const names = into.get(name) ?? { all: false, exact: new Set<string>(), prefixes: [] };
  into.set(name, names);
  for (const id of ids) {
    if (id === '*') names.all = true;
    else if (id.endsWith('*')) names.prefixes.push(id.slice(0, -1));
    else names.exact.add(id);
  }
}

function coversPattern(rights: Rights, typeAndOperation: string, pattern: string): boolean {
  if (rights.everything) return rights.known.has(typeAndOperation);
  const names = rights.names.get(typeAndOperation);
  if (names === undefined) return false;
  if (names.all) return true;
  if (!pattern.endsWith('*')) return isPermitted(rights, typeAndOperation, pattern);
  const start = pattern.slice(0, -1);
  for (const prefix of names.prefixes) if (start.startsWith(prefix)) return true;
  return false;
}
