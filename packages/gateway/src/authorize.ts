import type { DecisionCode, Instant, IpAddress, RateLimitState } from '@claviger/core';
import {
  type CredentialPlaces,
  type CredentialSource,
  type DescribedKey,
  type LocalDecision,
  mayComeBy,
  presentedKey,
  USUAL_PLACES,
} from '@claviger/verifier';
import type { DataPlaneDeps } from './data-plane-deps.ts';
import type { OriginalRequest } from './dialects/dialect.ts';
import type { PathTrick } from './request-path.ts';
import { matchRoute, type RouteMatch, type RouteRule } from './route-rules.ts';

/** A request that a proxy holds, with what is known of where it came from. */
export type HeldRequest = {
  readonly original: OriginalRequest;
  /** The headers as they came, the client's credentials among them. */
  readonly rawHeaders: readonly string[];
  readonly ip: IpAddress | null;
  /** The accounts the proxy is bound to, or null for all (T1). */
  readonly accountIds: ReadonlySet<string> | null;
  readonly now: Instant;
};

/** Whether to let a held request through. */
export type Verdict =
  | { readonly kind: 'allow'; readonly key: DescribedKey }
  | { readonly kind: 'deny'; readonly denial: Denial };

/** A "no", with what its explanation may tell. */
export type Denial = {
  readonly code: Exclude<DecisionCode, 'allowed'> | 'missing' | 'ambiguous';
  /** The key, when the presented secret proved right: only then is anything of it told (E11). */
  readonly key: DescribedKey | null;
  readonly retryAfterMs: number;
  /** What is left of the key's rate limit; null when it has none, or was not asked (K5). */
  readonly rateLimit: RateLimitState | null;
  /** When the presented secret ended, for `expired`; null when unknown. */
  readonly expiredAt: Instant | null;
  readonly rule: RouteRule | null;
  readonly resourceName: string;
  readonly reason: DenialReason | null;
};

/** What a code alone does not say. */
export type DenialReason =
  | PathTrick
  | 'original-missing'
  | 'method-override'
  | 'unmatched'
  | 'misplaced-key'
  | 'address-unknown';

type AuthorizeDeps = Pick<DataPlaneDeps, 'verifier' | 'routes' | 'onMisplacedKey'>;

/**
 * Asked where no rule tells what to ask: no catalogue knows it, so nobody is permitted, but everything before permissions is
 * told apart as ever, and no rate limit is drawn on for a request that goes nowhere.
 */
const NO_OPERATION = 'no route rule';

/** Decides on a held request: the route rules say what is asked, the verifier answers (D8, D9). */
export function authorize(deps: AuthorizeDeps, held: HeldRequest): Verdict {
  const route = routeOf(deps, held.original);
  const { rule, resourceName } = route;
  const presented = presentedKey(held.rawHeaders, route.query, placesOf(rule));
  const denial = { key: null, retryAfterMs: 0, rateLimit: null, expiredAt: null, rule, resourceName, reason: null };
  if (presented.kind === 'none') return { kind: 'deny', denial: { ...denial, code: 'missing' } };
  if (presented.kind === 'ambiguous') return { kind: 'deny', denial: { ...denial, code: 'ambiguous' } };
  const decision = deps.verifier.decide({
    key: presented.text,
    typeAndOperation: route.asked,
    resourceName,
    ip: held.ip,
    origin: held.original.origin,
    accountIds: held.accountIds,
    now: held.now,
  });
  const key = decision.row < 0 ? null : deps.verifier.describe(decision.row, held.now);
  const isMisplaced = key !== null && !mayComeBy(sourceOf(presented.source, rule), key.kind);
  if (isMisplaced) deps.onMisplacedKey?.(key.id);
  return verdictOf(isMisplaced ? { ...route, refusedFor: 'misplaced-key' } : route, {
    decision,
    key,
    denial,
    hasAddress: held.ip !== null,
  });
}

/** What is asked of the verifier, and why nothing is when the route is none. */
type Route = {
  readonly rule: RouteRule | null;
  readonly resourceName: string;
  readonly query: string;
  /** `type:operation`; null asks only whether the key is good. */
  readonly asked: string | null;
  /** Why nobody may; null when a rule or a good key decides. */
  readonly refusedFor: DenialReason | null;
};

const NOWHERE = { rule: null, resourceName: '', query: '', asked: NO_OPERATION } as const;

function routeOf(deps: Pick<AuthorizeDeps, 'routes'>, original: OriginalRequest): Route {
  const { method, target } = original;
  if (method === null || target === null) return { ...NOWHERE, refusedFor: 'original-missing' };
  if (original.overridingMethods.some((other) => other.toUpperCase() !== method)) {
    return { ...NOWHERE, refusedFor: 'method-override' };
  }
  return routeOfMatch(matchRoute(deps.routes, method, target), deps.routes.unmatched === 'authenticate_only');
}

function routeOfMatch(match: RouteMatch, isGoodKeyEnough: boolean): Route {
  if (match.kind === 'tricky') return { ...NOWHERE, refusedFor: match.trick };
  if (match.kind === 'unmatched') {
    // Where a lenient API would find a ruled path, a good key is not enough: the rule would be walked around.
    if (!isGoodKeyEnough || match.looksRuled) return { ...NOWHERE, refusedFor: 'unmatched' };
    return { ...NOWHERE, asked: null, refusedFor: null };
  }
  const { rule, resourceName, query } = match;
  return { rule, resourceName, query, asked: rule.typeAndOperation, refusedFor: null };
}

function verdictOf(
  route: Route,
  found: {
    readonly decision: LocalDecision;
    readonly key: DescribedKey | null;
    readonly denial: Omit<Denial, 'code'>;
    readonly hasAddress: boolean;
  },
): Verdict {
  const { decision, key } = found;
  const { retryAfterMs, rateLimit, expiredAt } = decision;
  const denial = { ...found.denial, key, retryAfterMs, rateLimit, expiredAt };
  if (route.refusedFor !== null && isAboutPermission(decision.code)) {
    const code = route.refusedFor === 'misplaced-key' ? 'insufficient_permission' : 'no_route_rule';
    return { kind: 'deny', denial: { ...denial, code, reason: route.refusedFor } };
  }
  if (decision.code !== 'allowed') {
    const reason = decision.code === 'ip_not_allowed' && !found.hasAddress ? 'address-unknown' : null;
    return { kind: 'deny', denial: { ...denial, code: decision.code, reason } };
  }
  // Allowed without a key would be a fault of ours, and a fault lets nobody in.
  if (key === null) throw new Error('a key was allowed and not told');
  // Where no rule says what is asked, nothing would hold a narrowed or write-only key to what it may do (D9).
  if (route.asked === null && (key.isNarrowed || key.kind === 'write_only')) {
    return { kind: 'deny', denial: { ...denial, code: 'no_route_rule', reason: 'unmatched' } };
  }
  return { kind: 'allow', key };
}

/** The codes that come after `no_route_rule` in the order of checks, and `allowed`, which nobody is who asks for nothing. */
function isAboutPermission(code: DecisionCode): boolean {
  return (
    code === 'write_only_key' || code === 'insufficient_permission' || code === 'allowed' || code === 'rate_limited'
  );
}

function placesOf(rule: RouteRule | null): CredentialPlaces {
  if (rule === null) return USUAL_PLACES;
  return { header: rule.keyHeader, takesWriteKey: rule.allowWriteKeyQuery };
}

/** A rule may name X-Write-Key as its header: it stays a place for write-only keys alone (D11). */
function sourceOf(source: CredentialSource, rule: RouteRule | null): CredentialSource {
  return source === 'named-header' && rule?.keyHeader === 'x-write-key' ? 'x-write-key' : source;
}
