import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createClientErrors } from './client-errors.ts';
import { type DataPlaneDeps, LISTENER_LIMITS, type ListenerLimits } from './data-plane-deps.ts';
import { answerRoute, DIALECTS, type DataPlaneRoute } from './data-plane-routes.ts';
import { createDecisionCounter, type DecisionCount } from './decision-counts.ts';
import { type Exchange, latestUnanswered } from './exchange.ts';
import { answerForwardAuth } from './forward-auth.ts';
import { answerLive, answerReady } from './health.ts';
import { createInternalCallers } from './internal-callers.ts';
import { createPeers } from './peers.ts';
import { INTERNAL_FAULT, problem, sendProblem } from './problems.ts';
import { createRequestIds } from './request-ids.ts';
import { answerVerify, VERIFY_BATCH, VERIFY_ONE } from './verify.ts';

/** The data plane over HTTP. */
export type DataPlane = {
  /** Answers one request; never throws. For mounting elsewhere: `start` brings the limits and the hardening along. */
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
  /** Listens; port 0 picks a free one. */
  readonly start: (address: { readonly host: string; readonly port: number }) => Promise<AddressInfo>;
  /** From now on `/readyz` is red, so that balancers stop sending; all else is answered as before. */
  readonly drain: () => void;
  /** Takes no more connections, lets what is under way finish for a while, then hangs up. */
  readonly close: () => Promise<void>;
  /** How often which decision was given, since the start. */
  readonly counts: () => readonly DecisionCount[];
};

const NO_HOST = problem('malformed_request', 'A request is made in HTTP/1.0 or in HTTP/1.1, where it names its host.', {
  headers: ['Connection', 'close'],
});

/**
 * Makes the data plane on node:http, without a framework and without a parser of its own. Whatever breaks is answered with a
 * 500 and told to `onFault`; it lets nobody in and stops nothing.
 */
export function createDataPlane(deps: DataPlaneDeps): DataPlane {
  const newRequestId = createRequestIds(deps.randomBytes);
  const counter = createDecisionCounter();
  const latest = new WeakMap<Duplex, Exchange>();
  let isDraining = false;

  function attempt(exchange: Exchange, work: () => void): void {
    try {
      work();
    } catch (fault) {
      answerFault(deps, exchange, fault);
    }
  }

  /** Whether a request that came whole has yet to be answered: what is written now would be taken for its answer. */
  function isOwed(socket: Duplex): boolean {
    const exchange = latest.get(socket);
    const unanswered = latestUnanswered(exchange);
    if (unanswered !== exchange || unanswered === null) return unanswered !== null;
    return unanswered.request.complete || latestUnanswered(unanswered.unanswered ?? undefined) !== null;
  }

  const routes = routesOf(deps, { counter, attempt, isDraining: () => isDraining });

  function handler(request: IncomingMessage, response: ServerResponse): void {
    const unanswered = latestUnanswered(latest.get(request.socket));
    const exchange = { request, response, id: newRequestId(), unanswered };
    latest.set(request.socket, exchange);
    attempt(exchange, () => {
      if (request.httpVersionMajor !== 1 || (request.headers.host === undefined && request.httpVersionMinor === 1)) {
        return sendProblem(exchange, NO_HOST, deps.publicUrl);
      }
      return answerRoute(routes, exchange, deps.publicUrl);
    });
  }

  const limits = { ...LISTENER_LIMITS, ...deps.limits };
  const server = newServer(deps.newServer ?? createServer, limits, handler);
  const errors = createClientErrors(deps, newRequestId, isOwed);
  server.on('clientError', errors.onClientError);
  server.on('connect', (_request, socket) => errors.onConnect(socket));
  return {
    handler,
    start: (address) => listen(deps, server, address),
    drain: () => {
      isDraining = true;
    },
    close: () => close(deps, server, limits.closeMs),
    counts: () => counter.counts(),
  };
}

function routesOf(
  deps: DataPlaneDeps,
  parts: {
    readonly counter: ReturnType<typeof createDecisionCounter>;
    readonly attempt: (exchange: Exchange, work: () => void) => void;
    readonly isDraining: () => boolean;
  },
): ReadonlyMap<string, DataPlaneRoute> {
  const { counter, attempt } = parts;
  const callers = createInternalCallers(deps.verifier);
  const verify = { dataPlane: deps, callers, counter, attempt };
  const forwardAuth = { dataPlane: deps, callers, counter, standingOf: createPeers(deps.trustedProxies) };
  const strict = { methods: ['POST'], ignoresQuery: false };
  const health = { methods: ['GET', 'HEAD'], ignoresQuery: false };
  const ready = (exchange: Exchange): void =>
    answerReady({ verifier: deps.verifier, publicUrl: deps.publicUrl, isDraining: parts.isDraining() }, exchange);
  return new Map<string, DataPlaneRoute>([
    ['/v1/keys/verify', { ...strict, answer: (exchange) => answerVerify(verify, exchange, VERIFY_ONE) }],
    ['/v1/keys/verify-batch', { ...strict, answer: (exchange) => answerVerify(verify, exchange, VERIFY_BATCH) }],
    ['/livez', { ...health, answer: answerLive }],
    ['/readyz', { ...health, answer: ready }],
    ...DIALECTS.map((dialect): [string, DataPlaneRoute] => [
      `/v1/authz/${dialect.name}`,
      {
        methods: null,
        ignoresQuery: true,
        answer: (exchange) => answerForwardAuth(forwardAuth, exchange, dialect),
      },
    ]),
  ]);
}

/** Fails closed: a 500 if nothing was sent yet, else the connection ends, and in no case an allow. */
function answerFault(deps: Pick<DataPlaneDeps, 'onFault' | 'publicUrl'>, exchange: Exchange, fault: unknown): void {
  deps.onFault(fault, exchange.id);
  if (exchange.response.headersSent) exchange.response.destroy();
  else sendProblem(exchange, INTERNAL_FAULT, deps.publicUrl);
}

function newServer(
  create: NonNullable<DataPlaneDeps['newServer']>,
  limits: ListenerLimits,
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const server = create(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.idleMs,
      connectionsCheckingInterval: limits.checkEveryMs,
      maxHeaderSize: limits.headerBytes,
      // Missing ones are answered by us, with a problem.
      requireHostHeader: false,
      insecureHTTPParser: false,
      joinDuplicateHeaders: false,
    },
    handler,
  );
  // Headers beyond a count are dropped in silence, and a second credential among them; their bytes are bounded anyway.
  server.maxHeadersCount = 0;
  server.maxRequestsPerSocket = 0;
  // What is expected of us beyond `100-continue` is nothing that changes an answer.
  server.on('checkExpectation', handler);
  return server;
}

function listen(
  deps: Pick<DataPlaneDeps, 'onFault'>,
  server: Server,
  address: { readonly host: string; readonly port: number },
): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      server.on('error', (fault) => deps.onFault(fault, 'listener'));
      const bound = server.address();
      if (bound === null || typeof bound === 'string') reject(new Error('the listener has no port'));
      else resolve(bound);
    });
  });
}

function close(deps: Pick<DataPlaneDeps, 'clock'>, server: Server, closeMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cancel = deps.clock.after(closeMs, () => server.closeAllConnections());
    server.close(() => {
      cancel();
      resolve();
    });
    server.closeIdleConnections();
  });
}
