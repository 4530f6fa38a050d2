import { formatInstant, Secret } from '@claviger/core';
import type { Decider, Decision, DeciderQuestion } from './decider.ts';
import { type CredentialPlaces, mayComeBy, presentedKey, USUAL_PLACES } from './presented-key.ts';
import { type HttpRefusal, httpRefusal, type RefusalReason } from './refusal.ts';

/** What every middleware needs. */
export type GuardDeps = {
  readonly decider: Decider;
  /** Where people manage their keys; refusals point there (E11). */
  readonly publicUrl: string;
  /** Told when a master key came in a URL or in X-Write-Key: it is in somebody's log now (D11). */
  readonly onMisplacedKey?: (keyId: string) => void;
};

/** A request in no framework's words. */
export type GuardedRequest = {
  /** Names and values in turn, as node:http has them (D11). */
  readonly rawHeaders: readonly string[];
  /** Path and query as they came. */
  readonly url: string;
  /** The client's address as the framework tells it, trusted proxies worked in; null when unknown. */
  readonly ip: string | null;
  readonly requestId: string;
};

/** What a route asks of a key. */
export type GuardedOperation = {
  /** Null when any good key will do; then look at the decision's `key.kind` and `permissions`. */
  readonly operation: DeciderQuestion['operation'];
  readonly places?: CredentialPlaces;
};

/** Whether a request goes on. `headers` go with the answer of one that does. */
export type GuardOutcome =
  | { readonly kind: 'passed'; readonly decision: Decision; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'refused'; readonly refusal: HttpRefusal };

/** Decides on a request for a middleware (D8): finds the one credential, asks the decider, words the refusal. */
export async function guardRequest(
  deps: GuardDeps,
  request: GuardedRequest,
  asked: GuardedOperation,
): Promise<GuardOutcome> {
  const refuseFor = (reason: RefusalReason): GuardOutcome => ({
    kind: 'refused',
    refusal: httpRefusal(reason, { requestId: request.requestId, publicUrl: deps.publicUrl }),
  });
  const presented = presentedKey(request.rawHeaders, queryOf(request.url), asked.places ?? USUAL_PLACES);
  if (presented.kind === 'none') return refuseFor({ kind: 'missing' });
  if (presented.kind === 'ambiguous') return refuseFor({ kind: 'ambiguous' });
  const decision = await deps.decider.decide({
    key: new Secret(presented.text),
    operation: asked.operation,
    ip: request.ip,
    origin: originOf(request.rawHeaders),
    minVersion: null,
  });
  if (decision.key !== null && !mayComeBy(presented.source, decision.key.kind)) {
    deps.onMisplacedKey?.(decision.key.id);
    if (decision.isAllowed) return refuseFor({ kind: 'misplaced' });
  }
  const { code } = decision;
  if (code !== 'allowed') return refuseFor({ ...decision, kind: 'decision', code });
  return { kind: 'passed', decision, headers: { ...expiryHeader(decision), ...decision.rateLimitHeaders } };
}

/** A key that expires within the reminder period says so to whoever uses it (E13). */
function expiryHeader({ key }: Decision): Readonly<Record<string, string>> {
  if (key === null || !key.isExpiring || key.expiresAt === null) return {};
  return { 'claviger-key-expires': formatInstant(key.expiresAt) };
}

function queryOf(url: string): string {
  const start = url.indexOf('?');
  return start === -1 ? '' : url.slice(start + 1);
}

/** The one `Origin` of a request; two of them are none, which a key that is bound to origins does not get past (D15). */
function originOf(rawHeaders: readonly string[]): string | null {
  const origins = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'origin');
  return origins.length === 1 ? (origins[0] ?? null) : null;
}
