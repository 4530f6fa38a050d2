import { type Operation, type ResourceCatalogue, type ResourceType, withIncluded } from './catalogue.ts';
import {
  CATALOGUE_OPERATIONS_EVER_MOST,
  CATALOGUE_OPERATIONS_MOST,
  CATALOGUE_TYPES_MOST,
  OPERATION_NAME_LONGEST,
} from './limits.ts';

const NAME = /^[a-z][a-z0-9_]*$/;

/** An operation that a catalogue had once and has no more: its mark is remembered, so that it comes back as it was (P3). */
export type RetiredOperation = {
  readonly resourceType: string;
  readonly operation: string;
  readonly isIngestion: boolean;
};

/**
 * What is wrong with a catalogue that somebody wants to store, and where: indexes into the types and, unless the type
 * itself is meant, into its operations (P3).
 */
export type CatalogueMistake = {
  readonly kind:
    | 'too-many-types'
    | 'too-many-operations'
    | 'too-many-operations-ever'
    | 'bad-name'
    | 'doubled-name'
    | 'unknown-included'
    | 'circle'
    | 'ingestion-includes-other'
    | 'ingestion-mark-changed';
  readonly resourceType: string;
  readonly operation?: string;
  readonly typeIndex: number | null;
  readonly operationIndex: number | null;
};

/** What an account's catalogue was up to now: what it has, and what was taken away from it. */
export type CataloguePast = { readonly current: ResourceCatalogue; readonly retired: readonly RetiredOperation[] };

/**
 * All mistakes in replacing a catalogue by another (P3): ingestion includes only ingestion, nothing includes itself, and a
 * mark that an operation ever had, it keeps, also when it comes back after having been taken away; otherwise a write-only
 * key in some web page could wake up as a reading one.
 */
export function mistakesInCatalogue(past: CataloguePast, after: ResourceCatalogue): readonly CatalogueMistake[] {
  const nowhere = { resourceType: '', typeIndex: null, operationIndex: null };
  if (after.length > CATALOGUE_TYPES_MOST) return [{ kind: 'too-many-types', ...nowhere }];
  const marks = marksOf(past);
  const known = new Set([...marks.keys(), ...marksOf({ current: after, retired: [] }).keys()]);
  if (known.size > CATALOGUE_OPERATIONS_EVER_MOST) return [{ kind: 'too-many-operations-ever', ...nowhere }];
  return after.flatMap((type, typeIndex) => {
    // Worked out once for each operation: a body full of inclusions must not be walked again for each of them.
    const included = new Map(type.operations.map(({ name }) => [name, withIncluded(type, name)]));
    return [
      ...mistakesInType(type, typeIndex, after),
      ...type.operations.flatMap((operation, operationIndex) =>
        kindsOfMistakes(operation, type, { included, marks }).map((kind) => ({
          kind,
          resourceType: type.name,
          operation: operation.name,
          typeIndex,
          operationIndex,
        })),
      ),
    ];
  });
}

/** The operations that a replacement takes away, with the marks to remember them by. */
export function operationsTakenAway(before: ResourceCatalogue, after: ResourceCatalogue): readonly RetiredOperation[] {
  return before.flatMap((type) => {
    const left = after.find((candidate) => candidate.name === type.name)?.operations ?? [];
    return type.operations
      .filter((operation) => !left.some((other) => other.name === operation.name))
      .map(({ name, isIngestion }) => ({ resourceType: type.name, operation: name, isIngestion }));
  });
}

/** Whether a text may name a resource type or an operation: a lower-case letter, then letters, digits and underscores (P3). */
export function isCatalogueName(text: string): boolean {
  return text.length <= OPERATION_NAME_LONGEST && NAME.test(text);
}

/** The mark of every operation there ever was, by `type:operation`. */
function marksOf({ current, retired }: CataloguePast): ReadonlyMap<string, boolean> {
  const marks = new Map(retired.map((of) => [`${of.resourceType}:${of.operation}`, of.isIngestion]));
  for (const type of current) {
    for (const { name, isIngestion } of type.operations) marks.set(`${type.name}:${name}`, isIngestion);
  }
  return marks;
}

function mistakesInType(type: ResourceType, typeIndex: number, all: ResourceCatalogue): readonly CatalogueMistake[] {
  const kinds: CatalogueMistake['kind'][] = [];
  if (!isCatalogueName(type.name)) kinds.push('bad-name');
  if (all.findIndex((candidate) => candidate.name === type.name) !== typeIndex) kinds.push('doubled-name');
  if (type.operations.length > CATALOGUE_OPERATIONS_MOST) kinds.push('too-many-operations');
  return kinds.map((kind) => ({ kind, resourceType: type.name, typeIndex, operationIndex: null }));
}

function kindsOfMistakes(
  operation: Operation,
  type: ResourceType,
  known: {
    readonly included: ReadonlyMap<string, ReadonlySet<string>>;
    readonly marks: ReadonlyMap<string, boolean>;
  },
): readonly CatalogueMistake['kind'][] {
  const kinds: CatalogueMistake['kind'][] = [];
  if (!isCatalogueName(operation.name)) kinds.push('bad-name');
  if (type.operations.find((other) => other.name === operation.name) !== operation) kinds.push('doubled-name');
  const included = operation.includes.map((name) => type.operations.find((other) => other.name === name));
  if (included.includes(undefined)) kinds.push('unknown-included');
  if (operation.includes.some((name) => known.included.get(name)?.has(operation.name) === true)) kinds.push('circle');
  if (operation.isIngestion && included.some((other) => other?.isIngestion === false)) {
    kinds.push('ingestion-includes-other');
  }
  const mark = known.marks.get(`${type.name}:${operation.name}`);
  if (mark !== undefined && mark !== operation.isIngestion) kinds.push('ingestion-mark-changed');
  return kinds;
}
