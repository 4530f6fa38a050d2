import { type InputError, PROBLEMS, type ProblemCode, type ProblemMembers, problemType } from '@claviger/contract';
import { JSON_DEPTH_LARGEST } from '@claviger/core';
import { asciiJson, type Exchange, send } from './exchange.ts';

/** A refusal on its way out (RFC 9457). */
export type Problem = {
  readonly code: ProblemCode;
  readonly status: number;
  readonly detail: string;
  readonly members: Readonly<Record<string, unknown>>;
  /** Further headers, as a flat list of names and values. */
  readonly headers: readonly string[];
};

/** Seconds after which an asker may try a verifier again that is behind: it catches up by itself (D5). */
export const STALE_RETRY_SECONDS = 5;

/** Names. A query is told of so many parameters that do not belong there. */
const QUERY_NAMES_MOST = 20;

/** A problem of a code, with what its definition says it carries. `headers` is a flat list of names and values. */
export function problem<Code extends ProblemCode>(
  code: Code,
  detail: string,
  more: { readonly members?: Partial<ProblemMembers<Code>>; readonly headers?: readonly string[] } = {},
): Problem {
  const { members = {}, headers = [] } = more;
  return { code, status: PROBLEMS[code].status, detail, members, headers };
}

/** The JSON of a problem, in ASCII: it may travel as a header too. */
export function problemJson(refused: Problem, requestId: string, publicUrl: string): string {
  return asciiJson({
    type: problemType(publicUrl, refused.code),
    title: PROBLEMS[refused.code].title,
    status: refused.status,
    detail: refused.detail,
    instance: `urn:request:${requestId}`,
    code: refused.code,
    request_id: requestId,
    ...refused.members,
  });
}

/** Answers with a problem. */
export function sendProblem(exchange: Exchange, refused: Problem, publicUrl: string): void {
  const headers = ['Content-Type', 'application/problem+json', ...refused.headers];
  send(exchange, refused.status, headers, problemJson(refused, exchange.id, publicUrl));
}

/** Nothing is served under this path. */
export const UNKNOWN_PATH = problem('unknown_path', 'Nothing is served under this path on the data plane.');

/** The path takes other methods. */
export function methodNotAllowed(allowed: readonly string[]): Problem {
  return problem('method_not_allowed', `This path takes ${allowed.join(' and ')}.`, {
    members: { allowed_methods: [...allowed] },
    headers: ['Allow', allowed.join(', ')],
  });
}

/** The path takes no query; what came is named only where it looks like a name, for it may be a secret. */
export function unknownQuery(query: string): Problem {
  const names = [...new Set(new URLSearchParams(query).keys())].slice(0, QUERY_NAMES_MOST);
  const errors = names.map((name) => {
    const pointer = /^[A-Za-z_][A-Za-z0-9_-]{0,31}$/.test(name) ? `/${name}` : '';
    return { pointer, code: 'unknown_field', detail: 'is not known here: this path takes no query' };
  });
  return invalidInput('query', errors);
}

/** The body, or what is announced of it, is larger than this path takes; `mustClose` hangs up on what is still to come. */
export function bodyTooLarge(largest: number, mustClose: boolean): Problem {
  return problem('body_too_large', `The body may have at most ${largest} bytes.`, {
    members: { largest_bytes: largest },
    headers: mustClose ? ['Connection', 'close'] : [],
  });
}

/** The body says that it is something else than JSON. */
export const UNSUPPORTED_MEDIA_TYPE = problem(
  'unsupported_media_type',
  'The body must be application/json in UTF-8, without a Content-Encoding.',
);

/** The body is no JSON. What the parser says of it is not told: its words quote the body, which holds a secret. */
export const MALFORMED_JSON = problem('malformed_json', 'The body is not JSON in UTF-8.');

/** The input is JSON, and not what this path takes. */
export function invalidInput(where: 'body' | 'query', errors: readonly InputError[]): Problem {
  if (errors.some(({ code }) => code === 'too_deep')) {
    const detail = `The body is nested deeper than ${JSON_DEPTH_LARGEST} levels.`;
    return problem('json_too_deep', detail, { members: { deepest: JSON_DEPTH_LARGEST } });
  }
  const count = errors.length === 1 ? '1 mistake' : `${errors.length} mistakes`;
  return problem(where === 'body' ? 'invalid_body' : 'invalid_query', `The ${where} has ${count}; see \`errors\`.`, {
    members: { errors: [...errors] },
  });
}

/** This verifier is behind and does not guess (D5). */
export const STALE_PROBLEM = problem(
  'stale',
  `This verifier has not confirmed to be current within its staleness bound, and does not guess. Try again in ${STALE_RETRY_SECONDS} seconds.`,
  {
    members: { retry_after_seconds: STALE_RETRY_SECONDS },
    headers: ['Retry-After', String(STALE_RETRY_SECONDS)],
  },
);

/** Something broke here; the asker learns no more than the request's id. */
export const INTERNAL_FAULT = problem('internal_fault', 'Something broke here. The log has it under this request id.');
