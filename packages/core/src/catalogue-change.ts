import type { Operation, ResourceCatalogue, ResourceType } from './catalogue.ts';
import { CATALOGUE_OPERATIONS_MOST, CATALOGUE_TYPES_MOST, OPERATION_NAME_LONGEST } from './limits.ts';

const NAME = /^[a-z][a-z0-9_]*$/;

/** What is wrong with a catalogue that somebody wants to store; `operation` is absent when the type itself is meant (P3). */
export type CatalogueMistake = {
  readonly kind:
    | 'too-many-types'
    | 'too-many-operations'
    | 'bad-name'
    | 'doubled-name'
    | 'unknown-included'
    | 'ingestion-includes-other'
    | 'ingestion-mark-changed';
  readonly resourceType: string;
  readonly operation?: string;
};

/**
 * All mistakes in replacing a catalogue by another (P3): ingestion includes only ingestion, and a mark that an operation
 * has, it keeps; otherwise a write-only key in some web page could wake up as a reading one. To rename is to delete and add.
 */
export function mistakesInCatalogue(before: ResourceCatalogue, after: ResourceCatalogue): readonly CatalogueMistake[] {
  if (after.length > CATALOGUE_TYPES_MOST) return [{ kind: 'too-many-types', resourceType: '' }];
  return after.flatMap((type, index) => {
    const earlier = before.find((candidate) => candidate.name === type.name);
    const isDoubled = after.findIndex((candidate) => candidate.name === type.name) !== index;
    return [
      ...mistakesInType(type, isDoubled),
      ...type.operations.flatMap((of) => mistakesInOperation(of, type, earlier)),
    ];
  });
}

function mistakesInType(type: ResourceType, isDoubled: boolean): CatalogueMistake[] {
  const resourceType = type.name;
  const mistakes: CatalogueMistake[] = [];
  if (!isCatalogueName(resourceType)) mistakes.push({ kind: 'bad-name', resourceType });
  if (isDoubled) mistakes.push({ kind: 'doubled-name', resourceType });
  if (type.operations.length > CATALOGUE_OPERATIONS_MOST) mistakes.push({ kind: 'too-many-operations', resourceType });
  return mistakes;
}

function mistakesInOperation(
  operation: Operation,
  type: ResourceType,
  earlier: ResourceType | undefined,
): CatalogueMistake[] {
  const at = { resourceType: type.name, operation: operation.name };
  const mistakes: CatalogueMistake[] = [];
  if (!isCatalogueName(operation.name)) mistakes.push({ kind: 'bad-name', ...at });
  if (type.operations.find((other) => other.name === operation.name) !== operation) {
    mistakes.push({ kind: 'doubled-name', ...at });
  }
  const included = operation.includes.map((name) => type.operations.find((other) => other.name === name));
  if (included.includes(undefined)) mistakes.push({ kind: 'unknown-included', ...at });
  if (operation.isIngestion && included.some((other) => other?.isIngestion === false)) {
    mistakes.push({ kind: 'ingestion-includes-other', ...at });
  }
  const marked = earlier?.operations.find((other) => other.name === operation.name);
  if (marked !== undefined && marked.isIngestion !== operation.isIngestion) {
    mistakes.push({ kind: 'ingestion-mark-changed', ...at });
  }
  return mistakes;
}

/** Whether a text may name a resource type or an operation: a lower-case letter, then letters, digits and underscores (P3). */
export function isCatalogueName(text: string): boolean {
  return text.length <= OPERATION_NAME_LONGEST && NAME.test(text);
}
