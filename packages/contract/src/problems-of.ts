import { PROBLEM_CODES, PROBLEMS, type ProblemCode } from './problems.ts';
import type { Route } from './route.ts';

/** Refusals that come before a route is found. */
export const PROBLEMS_BEFORE_ROUTES = [
  'malformed_request',
  'malformed_target',
  'unknown_path',
  'method_not_allowed',
  'request_timeout',
  'headers_too_large',
] as const satisfies readonly ProblemCode[];

/** Refusals that only proxies and middlewares answer, in the name of the API they guard (D10). */
export const PROBLEMS_OF_PROXIES = [
  'no_route_rule',
  'insufficient_permission',
] as const satisfies readonly ProblemCode[];

const ALWAYS = ['internal_fault', 'shutting_down'] as const;
const WITH_BODY = [
  'malformed_json',
  'json_too_deep',
  'invalid_body',
  'body_too_large',
  'unsupported_media_type',
] as const;
const WITH_CREDENTIAL = [
  'ambiguous_credentials',
  'credentials_required',
  'session_ended',
  'key_malformed',
  'key_not_found',
  'key_expired',
  'key_disabled',
  'owner_disabled',
  'ip_not_allowed',
  'origin_not_allowed',
  'write_only_key',
  'rate_limited',
  'stale',
] as const;
const WITH_MASTER_KEY = ['management_by_keys_off'] as const;
const WITH_INTERNAL_KEY = ['ambiguous_credentials', 'credentials_required', 'internal_key_required', 'stale'] as const;
const WITH_IDEMPOTENCY = ['idempotency_key_malformed', 'idempotency_running', 'idempotency_mismatch'] as const;

/** Every problem a route may answer: what its row names, and what follows from its credentials, body, target and flags. */
export function problemsOf(route: Route): readonly ProblemCode[] {
  const codes = new Set<ProblemCode>([...ALWAYS, ...route.problems]);
  const add = (isWanted: boolean, more: readonly ProblemCode[]): void => {
    if (isWanted) for (const code of more) codes.add(code);
  };
  const takes = (kind: Route['credentials'][number]): boolean => route.credentials.includes(kind);
  add(route.listener === 'control', ['storage_unavailable']);
  add(route.body !== null, WITH_BODY);
  add(route.listener === 'control' || route.query !== null, ['invalid_query']);
  add(takes('session'), WITH_CREDENTIAL);
  add(takes('session') && route.method !== 'GET', ['origin_mismatch']);
  add(takes('master_key'), WITH_MASTER_KEY);
  add(takes('master_key') && !route.isOpenToNarrowedKeys, ['narrowed_key']);
  add(takes('session') && !takes('master_key'), ['session_required']);
  add(takes('internal_verify'), WITH_INTERNAL_KEY);
  add(takes('session') && !route.userTypes.includes('restricted'), ['not_allowed']);
  add(route.target !== 'none', ['not_found']);
  add(route.isSensitive !== false, ['session_required', 'fresh_proof_required']);
  add(route.isIdempotent, WITH_IDEMPOTENCY);
  return PROBLEM_CODES.filter((code) => codes.has(code)).toSorted((a, b) => PROBLEMS[a].status - PROBLEMS[b].status);
}
