import { RESOURCE_NAME_LONGEST } from '@claviger/core';
import type { PathTrick } from './request-path.ts';
import { parseRequestPath } from './request-path.ts';
import type { ResourceTemplate } from './resource-template.ts';
import { resourceNameOf } from './resource-template.ts';

/** What happens to a request that no rule matches: refused, or let in for a good master key that is not narrowed (D9). */
export type UnmatchedPolicy = 'refuse' | 'authenticate_only';

/** One rule, ready to be matched (D9). */
export type RouteRule = {
  readonly method: string;
  /** Segments of the path template; those that start with `:` stand for any one segment. */
  readonly segments: readonly string[];
  /** `type:operation`, as the verifier asks it. */
  readonly typeAndOperation: string;
  readonly resource: ResourceTemplate;
  /** The header (lower case) that carries the key, or null for the usual ones; other credentials then pass through. */
  readonly keyHeader: string | null;
  /** Whether a write-only key may come as the query parameter `write_key` (D11). */
  readonly allowWriteKeyQuery: boolean;
};

/** Compiled route rules. Build once with `compileRouteRules`, ask with `matchRoute`. */
export type RouteRules = {
  readonly unmatched: UnmatchedPolicy;
  readonly byMethod: ReadonlyMap<string, RouteNode>;
  /** The same rules with letters folded, to catch paths that a lenient server takes for a ruled one. */
  readonly foldedByMethod: ReadonlyMap<string, RouteNode>;
};

type RouteNode = {
  readonly literals: Map<string, RouteNode>;
  param: RouteNode | null;
  rule: RouteRule | null;
};

/** What the rules say of a request. */
export type RouteMatch =
  | { readonly kind: 'matched'; readonly rule: RouteRule; readonly resourceName: string; readonly query: string }
  /** No rule; `looksRuled` when a server that ignores case or a trailing slash would take it for one. */
  | { readonly kind: 'unmatched'; readonly looksRuled: boolean }
  | { readonly kind: 'tricky'; readonly trick: PathTrick };

/** Two rules for one method that match the same paths: the file is refused (D9). Positions in the list given. */
export type DuplicateRule = { readonly index: number; readonly earlier: number };

/** No rules at all: everything is unmatched. */
export const NO_ROUTE_RULES: RouteRules = { unmatched: 'refuse', byMethod: new Map(), foldedByMethod: new Map() };

/** Compiles rules that are known not to repeat each other (see `findDuplicateRules`). */
export function compileRouteRules(unmatched: UnmatchedPolicy, rules: readonly RouteRule[]): RouteRules {
  const byMethod = new Map<string, RouteNode>();
  const foldedByMethod = new Map<string, RouteNode>();
  for (const rule of rules) {
    nodeOf(byMethod, rule.method, rule.segments).rule = rule;
    nodeOf(foldedByMethod, rule.method, rule.segments.map(foldSegment)).rule = rule;
  }
  return { unmatched, byMethod, foldedByMethod };
}

/** Finds rules that an earlier one already stands for: same method, same segments, whatever their parameters are called. */
export function findDuplicateRules(rules: readonly RouteRule[]): readonly DuplicateRule[] {
  const seen = new Map<string, number>();
  const duplicates: DuplicateRule[] = [];
  for (const [index, rule] of rules.entries()) {
    const shape = JSON.stringify([rule.method, ...rule.segments.map((segment) => (isParam(segment) ? null : segment))]);
    const earlier = seen.get(shape);
    if (earlier === undefined) seen.set(shape, index);
    else duplicates.push({ index, earlier });
  }
  return duplicates;
}

/**
 * Finds the rule for a request (D9): case-sensitive, a trailing slash matches nothing, HEAD counts as GET. Segment by
 * segment from the left a literal goes before a parameter, so that the answer never depends on the order of the file.
 */
export function matchRoute(rules: RouteRules, method: string, target: string): RouteMatch {
  const path = parseRequestPath(target);
  if (!path.ok) return { kind: 'tricky', trick: path.refusal };
  const { segments, query } = path.value;
  const ruledMethod = method === 'HEAD' ? 'GET' : method;
  const root = rules.byMethod.get(ruledMethod);
  const rule = root === undefined ? null : findRule(root, segments, 0);
  const resourceName = rule === null ? null : resourceNameOf(rule.resource, segments);
  if (rule !== null && resourceName !== null && resourceName.length <= RESOURCE_NAME_LONGEST) {
    return { kind: 'matched', rule, resourceName, query };
  }
  return { kind: 'unmatched', looksRuled: rule !== null || looksRuled(rules, ruledMethod, segments) };
}

/** Whether a segment of a template is a parameter. */
export function isParam(segment: string): boolean {
  return segment.startsWith(':');
}

/** Visits each node at most once for each depth, so the work is bounded by the number of rules. */
function findRule(node: RouteNode, segments: readonly string[], depth: number): RouteRule | null {
  const segment = segments[depth];
  if (segment === undefined) return node.rule;
  const literal = node.literals.get(segment);
  const rule = literal === undefined ? null : findRule(literal, segments, depth + 1);
  // An empty segment (a trailing slash) is nobody's value.
  if (rule !== null || node.param === null || segment === '') return rule;
  return findRule(node.param, segments, depth + 1);
}

function looksRuled(rules: RouteRules, method: string, segments: readonly string[]): boolean {
  const root = rules.foldedByMethod.get(method);
  if (root === undefined) return false;
  const named = segments.at(-1) === '' ? segments.slice(0, -1) : segments;
  return findRule(root, named.map(foldSegment), 0) !== null;
}

/** Upper case first: it folds more than lower case alone (`ß`, the Kelvin sign). Parameters keep only their colon. */
function foldSegment(segment: string): string {
  return isParam(segment) ? segment : segment.toUpperCase().toLowerCase();
}

function nodeOf(byMethod: Map<string, RouteNode>, method: string, segments: readonly string[]): RouteNode {
  let node = byMethod.get(method) ?? newNode();
  byMethod.set(method, node);
  for (const segment of segments) {
    if (isParam(segment)) {
      node.param ??= newNode();
      node = node.param;
    } else {
      const next = node.literals.get(segment) ?? newNode();
      node.literals.set(segment, next);
      node = next;
    }
  }
  return node;
}

function newNode(): RouteNode {
  return { literals: new Map(), param: null, rule: null };
}
