import type { InputError } from '@claviger/contract';
import { PROBLEMS } from '@claviger/contract';
import type { ImportEntryRefusal, ImportMistake } from '../../refusal.ts';
import { type ProblemWords, type WordsOf, words } from './problem-words.ts';
import { invalidBody } from './words-of-input.ts';

/** Refusals of one entry of an import (K13). What is taken, and where, is not said (T1). */
export const IMPORT_ENTRY_WORDS: WordsOf<
  Extract<ImportEntryRefusal, { readonly kind: 'digest-taken' | 'digest-repeated' | 'hint-is-the-text' }>
> = {
  'digest-taken': () =>
    words('key_already_imported', 'The text of an entry is, or was, that of a key; `errors` says which.', {
      errors: [
        {
          pointer: '/digest',
          code: 'key_already_imported',
          detail: 'is the digest of a text that is, or was, that of a key',
        },
      ],
    }),
  'digest-repeated': ({ pointer, first }) =>
    invalidBody([{ pointer, code: 'repeated', detail: `is the digest of an earlier entry, /keys/${first}` }]),
  'hint-is-the-text': ({ pointer }) =>
    invalidBody([{ pointer, code: 'not_allowed', detail: 'must not be the text of the key: lists show the hint' }]),
};

/** A mistake of an import and how it would be told on its own. */
export type SaidMistake = { readonly mistake: ImportMistake; readonly said: ProblemWords };

/**
 * Tells all mistakes of an import at once. The code is that of the mistakes when they all have the same; a mixture is
 * `invalid_body` when the form of an entry is wrong, and `import_refused` otherwise.
 */
export function importWords(mistakes: readonly SaidMistake[]): ProblemWords {
  const errors = mistakes.flatMap(errorsOf);
  const [first] = mistakes;
  if (first === undefined) throw new Error('an import was refused without a mistake');
  const detail = `${errors.length === 1 ? `${first.said.detail}` : `The import has ${errors.length} mistakes; \`errors\` lists them.`} Nothing was imported.`;
  const { code, members } = decisive(mistakes, first.said);
  return { code, detail, members: { ...members, errors }, retryAfterSeconds: null };
}

/** The form goes before all else, then what the caller may not do; what is left is alike, or a mixture. */
function decisive(mistakes: readonly SaidMistake[], first: ProblemWords): Pick<ProblemWords, 'code' | 'members'> {
  for (const status of [400, 403]) {
    const found = mistakes.find(({ said }) => PROBLEMS[said.code].status === status);
    if (found !== undefined) return found.said;
  }
  const isAlike = mistakes.every(({ said }) => said.code === first.code);
  return isAlike ? first : { code: 'import_refused', members: {} };
}

function errorsOf({ mistake, said }: SaidMistake): readonly InputError[] {
  const entry = `/keys/${mistake.entry}`;
  const errors = said.members['errors'] as readonly InputError[] | undefined;
  if (errors !== undefined) return errors.map((error) => ({ ...error, pointer: `${entry}${error.pointer}` }));
  const { refusal } = mistake;
  const pointer = 'pointer' in refusal && refusal.pointer !== null ? refusal.pointer : mistake.pointer;
  return [{ pointer: `${entry}${pointer}`, code: said.code, detail: said.detail }];
}
