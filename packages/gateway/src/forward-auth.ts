import { ok, refuse, type Result } from '@claviger/core';
import { challengeOf } from '@claviger/verifier';
import { authorize, type Denial, type HeldRequest } from './authorize.ts';
import { believedAddress } from './client-address.ts';
import type { DataPlaneDeps } from './data-plane-deps.ts';
import type { DecisionCounter } from './decision-counts.ts';
import { problemOfDenial } from './denial-problem.ts';
import { identityHeaders, NO_IDENTITY_HEADERS } from './described-keys.ts';
import type { Dialect, OriginalRequest, RefusalStatus } from './dialects/dialect.ts';
import { type Exchange, send } from './exchange.ts';
import type { InternalCallers } from './internal-callers.ts';
import type { PeerStanding } from './peers.ts';
import { type Problem, problem, problemJson, STALE_PROBLEM } from './problems.ts';

/** What forward auth needs. */
export type ForwardAuthDeps = {
  readonly dataPlane: DataPlaneDeps;
  readonly callers: InternalCallers;
  readonly counter: DecisionCounter;
  readonly standingOf: (remoteAddress: string | undefined) => PeerStanding;
};

const PROXY_KEY_REQUIRED = problem(
  'internal_key_required',
  'A proxy that is not on this machine authenticates itself: it sends an internal key of purpose `verify` as `Claviger-Proxy-Key`.',
  { headers: ['WWW-Authenticate', challengeOf('not_found') ?? ''] },
);
const PROXY_NOT_TRUSTED = problem(
  'not_allowed',
  'What a proxy says of a request is believed from this machine and from the addresses in CLAVIGER_TRUSTED_PROXIES; this one is neither.',
);

/**
 * Answers a proxy that holds a request (D10): allow is exactly 200 with an empty body and every identity header. Whatever
 * method, query, body and content type the question itself has says nothing.
 */
export function answerForwardAuth(deps: ForwardAuthDeps, exchange: Exchange, dialect: Dialect): void {
  const { rawHeaders, socket } = exchange.request;
  const original = dialect.readOriginal(rawHeaders);
  const accountIds = proxyAccounts(deps, original, deps.standingOf(socket.remoteAddress));
  if (!accountIds.ok) return deny(deps, exchange, { dialect, refused: accountIds.refusal });
  const now = deps.dataPlane.clock.now();
  const ip = believedAddress(original, deps.dataPlane.trustedProxies);
  const held: HeldRequest = { original, rawHeaders, ip, accountIds: accountIds.value, now };
  const verdict = authorize(deps.dataPlane, held);
  if (verdict.kind === 'allow') {
    deps.counter.count(dialect.name, 'allowed');
    return send(exchange, 200, identityHeaders(verdict.key), '');
  }
  countDenial(deps.counter, dialect, verdict.denial);
  const refused = problemOfDenial(verdict.denial, deps.dataPlane.publicUrl);
  return deny(deps, exchange, { dialect, refused });
}

/** The accounts a proxy is bound to, null for all; a proxy on this machine need not authenticate itself (D10, T1). */
function proxyAccounts(
  deps: ForwardAuthDeps,
  original: OriginalRequest,
  standing: PeerStanding,
): Result<ReadonlySet<string> | null, Problem> {
  const [text, ...more] = original.proxyKeys;
  if (text === undefined && standing === 'loopback') return ok(null);
  const found = text === undefined || more.length > 0 ? null : deps.callers.find(text);
  // A verifier that is behind cannot know that there is no such key: it was perhaps made a moment ago.
  if (found === null) return refuse(deps.dataPlane.verifier.isStale() ? STALE_PROBLEM : PROXY_KEY_REQUIRED);
  return standing === 'stranger' ? refuse(PROXY_NOT_TRUSTED) : ok(found.accountIds);
}

/** A request without a credential, or with two, was none that the verifier decided on. */
function countDenial(counter: DecisionCounter, dialect: Dialect, denial: Denial): void {
  if (denial.code !== 'missing' && denial.code !== 'ambiguous') counter.count(dialect.name, denial.code);
}

/** The problem goes out twice: as the body, and as a header for proxies that put a body of their own in its place. */
function deny(
  deps: ForwardAuthDeps,
  exchange: Exchange,
  denied: { readonly dialect: Dialect; readonly refused: Problem },
): void {
  const { dialect, refused } = denied;
  const body = problemJson(refused, exchange.id, deps.dataPlane.publicUrl);
  const status = refused.status as RefusalStatus;
  const headers = [
    'Content-Type',
    'application/problem+json',
    'Claviger-Status',
    String(status),
    'Claviger-Code',
    refused.code,
    'Claviger-Problem',
    body,
    ...refused.headers,
    ...NO_IDENTITY_HEADERS,
  ];
  send(exchange, dialect.statusFor(status), headers, body);
}
