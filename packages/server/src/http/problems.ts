import { PROBLEMS, type ProblemCode, problemType } from '@claviger/contract';
import { rateLimitHeaders } from '@claviger/verifier';
import type { ImportEntryRefusal } from '../refusal.ts';
import type { HttpRefusal } from './http-refusal.ts';
import type { Place, ProblemWords, WordsOf } from './problems/problem-words.ts';
import { ALLOWLIST_WORDS } from './problems/words-of-allowlists.ts';
import { CALLER_WORDS, CREDENTIAL_WORDS, NOT_ALLOWED_WORDS } from './problems/words-of-callers.ts';
import { CATALOGUE_WORDS } from './problems/words-of-catalogues.ts';
import { IMPORT_ENTRY_WORDS, importWords } from './problems/words-of-imports.ts';
import { INVITATION_WORDS, PASSWORD_WORDS } from './problems/words-of-invitations.ts';
import { FIELD_WORDS, REPETITION_WORDS, REQUEST_WORDS, SERVICE_WORDS } from './problems/words-of-input.ts';
import { PREVIEW_WORDS } from './problems/words-of-previews.ts';
import { KEY_STATE_WORDS, LIFESPAN_WORDS, LIMIT_WORDS, NOT_FOUND_WORDS } from './problems/words-of-rules.ts';
import { SECOND_FACTOR_WORDS } from './problems/words-of-second-factors.ts';
import { WEBHOOK_WORDS } from './problems/words-of-webhooks.ts';
import { words } from './problems/problem-words.ts';

/** The one place where a refusal becomes a problem (RFC 9457): a refusal without words stops the build here. */
const WORDS: WordsOf<HttpRefusal | ImportEntryRefusal> = {
  ...REQUEST_WORDS,
  ...CALLER_WORDS,
  ...CREDENTIAL_WORDS,
  ...NOT_ALLOWED_WORDS,
  ...ALLOWLIST_WORDS,
  ...NOT_FOUND_WORDS,
  ...FIELD_WORDS,
  ...LIFESPAN_WORDS,
  ...KEY_STATE_WORDS,
  ...LIMIT_WORDS,
  ...CATALOGUE_WORDS,
  ...INVITATION_WORDS,
  ...PASSWORD_WORDS,
  ...PREVIEW_WORDS,
  ...SECOND_FACTOR_WORDS,
  ...WEBHOOK_WORDS,
  ...REPETITION_WORDS,
  ...SERVICE_WORDS,
  ...IMPORT_ENTRY_WORDS,
  'import-refused': ({ mistakes }, place) =>
    importWords(mistakes.map((mistake) => ({ mistake, said: wordsOf(mistake.refusal, place) }))),
  'set-up-done': () => words('setup_done', 'This installation has its Owner already. Sign in.', {}),
  'email-taken': () => words('setup_done', 'This installation has its Owner already. Sign in.', {}),
};

/** A problem ready to be sent. */
export type Problem = {
  readonly status: number;
  readonly code: ProblemCode;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** Words a refusal as the problem that goes out, with the headers that belong to it. */
export function problemOf(refusal: HttpRefusal, requestId: string, place: Place): Problem {
  const said = wordsOf(refusal, place);
  const { status, title } = PROBLEMS[said.code];
  const body = {
    type: problemType(place.publicOrigin, said.code),
    title,
    status,
    detail: said.detail,
    instance: `urn:request:${requestId}`,
    code: said.code,
    request_id: requestId,
    ...said.members,
  };
  return { status, code: said.code, body: JSON.stringify(body), headers: headersOf(said) };
}

/** The one cast: the table has, for each kind, a function that takes refusals of that kind. */
function wordsOf(refusal: HttpRefusal | ImportEntryRefusal, place: Place): ProblemWords {
  const say = WORDS[refusal.kind] as (refusal: HttpRefusal | ImportEntryRefusal, place: Place) => ProblemWords;
  return say(refusal, place);
}

function headersOf(said: ProblemWords): Readonly<Record<string, string>> {
  const definition = PROBLEMS[said.code];
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' };
  if ('bearerError' in definition) {
    const { bearerError } = definition;
    headers['www-authenticate'] = `Bearer realm="claviger"${bearerError === null ? '' : `, error="${bearerError}"`}`;
  }
  if (said.retryAfterSeconds !== null) headers['retry-after'] = String(said.retryAfterSeconds);
  // https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers: nothing is left until so many seconds from now.
  if (said.rateLimit !== undefined) Object.assign(headers, rateLimitHeaders(said.rateLimit));
  else if (definition.status === 429) headers['ratelimit'] = `"attempts";r=0;t=${said.retryAfterSeconds ?? 1}`;
  const allowed = said.members['allowed_methods'];
  if (Array.isArray(allowed)) headers['allow'] = allowed.join(', ');
  return headers;
}
