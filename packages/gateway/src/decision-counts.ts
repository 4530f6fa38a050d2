import { DECISION_CODES, type DecisionCode } from '@claviger/core';

/** Who asked: the verify calls, or a dialect of forward auth. */
export type DecisionSource = 'verify' | 'verify_batch' | 'nginx';

/** How often one source got one answer since the start of the process. */
export type DecisionCount = { readonly source: DecisionSource; readonly code: DecisionCode; readonly count: number };

/** Counts decisions for metrics; counting is one addition and delays nothing (D13). */
export type DecisionCounter = {
  count(source: DecisionSource, code: DecisionCode): void;
  counts(): readonly DecisionCount[];
};

const SOURCES = ['verify', 'verify_batch', 'nginx'] as const satisfies readonly DecisionSource[];

/** Starts counting at zero. */
export function createDecisionCounter(): DecisionCounter {
  const tables = new Map(SOURCES.map((source) => [source, zeroes()] as const));
  return {
    count(source, code) {
      const table = tables.get(source);
      if (table !== undefined) table[code] += 1;
    },
    counts: () =>
      [...tables].flatMap(([source, table]) => DECISION_CODES.map((code) => ({ source, code, count: table[code] }))),
  };
}

function zeroes(): Record<DecisionCode, number> {
  return {
    allowed: 0,
    stale: 0,
    malformed: 0,
    not_found: 0,
    expired: 0,
    disabled: 0,
    owner_disabled: 0,
    ip_not_allowed: 0,
    origin_not_allowed: 0,
    no_route_rule: 0,
    write_only_key: 0,
    insufficient_permission: 0,
    rate_limited: 0,
  };
}
