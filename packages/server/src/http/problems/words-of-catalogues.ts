import type { InputError } from '@claviger/contract';
import {
  CATALOGUE_OPERATIONS_EVER_MOST,
  CATALOGUE_OPERATIONS_MOST,
  CATALOGUE_TYPES_MOST,
  type CatalogueMistake,
  OPERATION_NAME_LONGEST,
} from '@claviger/core';
import type { CatalogueRefusal } from '../../refusal.ts';
import { type ProblemWords, type WordsOf, words } from './problem-words.ts';
import { invalidBody } from './words-of-input.ts';

/** Refusals of a new resource catalogue (P3). */
export const CATALOGUE_WORDS: WordsOf<CatalogueRefusal> = {
  'catalogue-mistakes': ({ mistakes }) => wordsOfMistakes(mistakes),
  'operations-in-use': ({ operations, policyIds, keyIds }) =>
    words(
      'operation_in_use',
      `The operation ${some(operations)} cannot be taken away while policies or narrowed keys name it. Change those first.`,
      { policy_ids: [...policyIds], key_ids: [...keyIds] },
    ),
};

/** What is wrong by the body alone comes first (400); what past or stored state rules out after that (422). */
function wordsOfMistakes(mistakes: readonly CatalogueMistake[]): ProblemWords {
  const ofForm = mistakes.flatMap((mistake) => formError(mistake) ?? []);
  if (ofForm.length > 0) return invalidBody(ofForm);
  if (mistakes.some((mistake) => mistake.kind === 'too-many-operations-ever')) {
    const most = CATALOGUE_OPERATIONS_EVER_MOST;
    const detail = `A catalogue may have ${most} different operations in all its time, those taken away included.`;
    return words('catalogue_limit_reached', detail, { most });
  }
  return words(
    'ingestion_mark_changed',
    'What is or was an ingestion operation stays one, and nothing becomes one; `errors` says which would change.',
    {
      errors: mistakes.map((mistake) => ({
        pointer: `${pointerOf(mistake)}/ingestion`,
        code: 'mark_changed',
        detail: 'must stay what it is or was; take another name for another operation',
      })),
    },
  );
}

const NAME_DETAIL = `must be 1 to ${OPERATION_NAME_LONGEST} small letters, digits and underscores, a letter first`;

function formError(mistake: CatalogueMistake): InputError | null {
  const at = pointerOf(mistake);
  switch (mistake.kind) {
    case 'too-many-types':
      return { pointer: at, code: 'too_many', detail: `must list at most ${CATALOGUE_TYPES_MOST} resource types` };
    case 'too-many-operations': {
      const detail = `must list at most ${CATALOGUE_OPERATIONS_MOST} operations`;
      return { pointer: `${at}/operations`, code: 'too_many', detail };
    }
    case 'bad-name':
      return { pointer: `${at}/name`, code: 'wrong_format', detail: NAME_DETAIL };
    case 'doubled-name':
      return { pointer: `${at}/name`, code: 'doubled', detail: 'must be a name that nothing before it has' };
    case 'unknown-included':
      return { pointer: `${at}/includes`, code: 'unknown_operation', detail: 'must name operations of the same type' };
    case 'circle':
      return { pointer: `${at}/includes`, code: 'circle', detail: 'must not lead back to the operation itself' };
    case 'ingestion-includes-other': {
      const detail = 'must name ingestion operations only, since the operation is one';
      return { pointer: `${at}/includes`, code: 'not_ingestion', detail };
    }
    case 'too-many-operations-ever':
    case 'ingestion-mark-changed':
      return null;
  }
}

function pointerOf({ typeIndex, operationIndex }: CatalogueMistake): string {
  if (typeIndex === null) return '/resource_types';
  return `/resource_types/${typeIndex}${operationIndex === null ? '' : `/operations/${operationIndex}`}`;
}

function some(operations: readonly string[]): string {
  const [first = ''] = operations;
  return operations.length === 1 ? first : `${first} (one of ${operations.length})`;
}
