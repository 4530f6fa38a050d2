import type { FeedPosition } from '@claviger/contract';
import { ok, refuse, type Result } from '@claviger/core';
import { challengeOf, type FoundInternalKey, presentedKey, USUAL_PLACES, type Verifier } from '@claviger/verifier';
import { type Problem, problem, STALE_PROBLEM } from './problems.ts';

/** Finds the internal keys that back ends and proxies authenticate themselves with (K11). */
export type InternalCallers = {
  /** The key with this text, of purpose `verify`, or null: a customer's key is nobody here. */
  find(text: string): FoundInternalKey | null;
  /** Who makes this request, by its one credential; refused with 401, or with 400 when there is more than one. */
  callerOf(rawHeaders: readonly string[]): Result<FoundInternalKey, Problem>;
};

/** Texts. An installation has a handful of back ends; more than this are kept for nobody. */
const KEPT_MOST = 256;

const CREDENTIALS_REQUIRED = problem(
  'credentials_required',
  'This call needs an internal key of purpose `verify`: send it as `Authorization: Bearer <key>`.',
  { headers: ['WWW-Authenticate', challengeOf('missing') ?? ''] },
);
const AMBIGUOUS = problem(
  'ambiguous_credentials',
  'The request carries more than one credential, or one header twice. Send exactly one.',
);
const INTERNAL_KEY_REQUIRED = problem(
  'internal_key_required',
  'The credential of this call must be an internal key of purpose `verify`; the presented text is none that works.',
  { headers: ['WWW-Authenticate', challengeOf('not_found') ?? ''] },
);

/** Keeps each found verdict by its text until the next version is applied, when it might be another one. */
export function createInternalCallers(
  verifier: Pick<Verifier, 'findInternalKey' | 'position' | 'isStale'>,
): InternalCallers {
  const kept = new Map<string, FoundInternalKey>();
  let keptAt: FeedPosition | null = null;

  function find(text: string): FoundInternalKey | null {
    const position = verifier.position();
    // By identity: every change of what verdicts rest on makes a new object, also when no number moved.
    if (position !== keptAt) {
      kept.clear();
      keptAt = position;
    }
    const known = kept.get(text);
    if (known !== undefined) return known;
    const found = verifier.findInternalKey(text);
    if (found === null || found.purpose !== 'verify') return null;
    // Only good texts are kept, so that nobody fills the memory with bad ones.
    if (kept.size < KEPT_MOST) kept.set(text, found);
    return found;
  }

  function callerOf(rawHeaders: readonly string[]): Result<FoundInternalKey, Problem> {
    const presented = presentedKey(rawHeaders, '', USUAL_PLACES);
    if (presented.kind === 'none') return refuse(CREDENTIALS_REQUIRED);
    if (presented.kind === 'ambiguous') return refuse(AMBIGUOUS);
    const found = find(presented.text);
    if (found !== null) return ok(found);
    // A verifier that is behind cannot know that there is no such key: it was perhaps made a moment ago.
    return refuse(verifier.isStale() ? STALE_PROBLEM : INTERNAL_KEY_REQUIRED);
  }

  return { find, callerOf };
}
