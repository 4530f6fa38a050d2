import type { DecisionCode } from '@claviger/core';
import type { z } from 'zod';
import { CREDENTIAL_PROBLEMS } from './problems/credential-problems.ts';
import type { ProblemDefinition } from './problems/definition.ts';
import { INPUT_PROBLEMS } from './problems/input-problems.ts';
import { PREVIEW_PROBLEMS } from './problems/preview-problems.ts';
import { RULE_PROBLEMS } from './problems/rule-problems.ts';
import { SECOND_FACTOR_PROBLEMS } from './problems/second-factor-problems.ts';
import { SERVICE_PROBLEMS } from './problems/service-problems.ts';

/** Every refusal and fault that the API can answer, by its code. Codes never change; each has a page in `docs/problems/` (T3). */
export const PROBLEMS = {
  ...INPUT_PROBLEMS,
  ...CREDENTIAL_PROBLEMS,
  ...RULE_PROBLEMS,
  ...PREVIEW_PROBLEMS,
  ...SECOND_FACTOR_PROBLEMS,
  ...SERVICE_PROBLEMS,
} as const;

/** The code of a problem: what clients branch on. */
export type ProblemCode = keyof typeof PROBLEMS;

/** What a problem of this code carries beside the members of every problem. */
export type ProblemMembers<Code extends ProblemCode> = {
  readonly [Name in keyof (typeof PROBLEMS)[Code]['members']]: z.output<(typeof PROBLEMS)[Code]['members'][Name]>;
};

/** The codes of a status, for example of all that answer 401. */
export type ProblemCodeOf<Status extends number> = {
  [Code in ProblemCode]: (typeof PROBLEMS)[Code]['status'] extends Status ? Code : never;
}[ProblemCode];

/** How a decision that is no `allowed` is told as a problem: by proxies, middlewares, and to callers of this API (D10). */
export const PROBLEM_OF_DECISION = {
  stale: 'stale',
  malformed: 'key_malformed',
  not_found: 'key_not_found',
  expired: 'key_expired',
  disabled: 'key_disabled',
  owner_disabled: 'owner_disabled',
  ip_not_allowed: 'ip_not_allowed',
  origin_not_allowed: 'origin_not_allowed',
  no_route_rule: 'no_route_rule',
  write_only_key: 'write_only_key',
  insufficient_permission: 'insufficient_permission',
  rate_limited: 'rate_limited',
} as const satisfies Record<Exclude<DecisionCode, 'allowed'>, ProblemCode>;

/** Every code, in the order of the table. */
export const PROBLEM_CODES = Object.keys(PROBLEMS) as readonly ProblemCode[];

/** A row of the table, forgetting which: for code that treats all problems alike. */
export function problemDefinition(code: ProblemCode): ProblemDefinition {
  return PROBLEMS[code];
}

/** The `type` of a problem: its page, under the public URL. */
export function problemType(publicUrl: string, code: ProblemCode): string {
  return `${publicUrl.replace(/\/+$/, '')}/problems/${code}`;
}
