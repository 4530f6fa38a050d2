import type { ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import { BODY_BYTES_LARGEST } from '@claviger/core';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Log } from '../logs.ts';
import { refusalOfFault } from './faults.ts';
import type { HttpRefusal } from './http-refusal.ts';
import { parseJsonBody } from './json-body.ts';
import type { Place } from './problems/problem-words.ts';
import { problemOf } from './problems.ts';
import { sendRefusal } from './send-refusal.ts';
import type { NewServer } from '../tls/served-certificate.ts';

/** What the shell of the control plane needs: what listens, times out, refuses and logs, before any route has a say. */
export type AppDeps = {
  readonly log: Log;
  /** Makes the listener's server: plain, or by TLS. */
  readonly newServer: NewServer;
  /** Where problems are said to be explained; known once the listener has its port. */
  place(): Place;
  /** Draws the id of a request; a client's own is never taken. */
  newRequestId(): string;
  /** The methods that a path knows, for 405 and OPTIONS; empty for an unknown path. */
  allowedMethods(path: string): readonly string[];
};

/** Milliseconds. A whole request must be here by then: a body of 64 KiB needs no more on any line. */
const REQUEST_TIMEOUT_MS = 20_000;
/** Milliseconds. Headers alone; slow ones hold a connection and nothing else. */
const HEADERS_TIMEOUT_MS = 10_000;
/** Milliseconds. How often slow connections are looked for. */
const SLOW_CHECK_MS = 2_000;
/** Milliseconds that an idle connection is kept. */
const IDLE_TIMEOUT_MS = 72_000;
/** Characters. Longer than any target that Node reads: a long id is answered like any other that is not there. */
const PARAMETER_LONGEST = 65_536;

const SERVER_OPTIONS: ServerOptions = {
  requestTimeout: REQUEST_TIMEOUT_MS,
  headersTimeout: HEADERS_TIMEOUT_MS,
  keepAliveTimeout: IDLE_TIMEOUT_MS,
  connectionsCheckingInterval: SLOW_CHECK_MS,
  // A missing one is answered below, with a problem.
  requireHostHeader: false,
};

/** Makes the Fastify instance of the control plane, without routes. Nothing a client sends makes it end or answer 500. */
export function createApp(deps: AppDeps): FastifyInstance {
  const app = Fastify({
    logger: false,
    genReqId: () => deps.newRequestId(),
    bodyLimit: BODY_BYTES_LARGEST,
    // Else HEAD routes would come into being that no table lists.
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: PARAMETER_LONGEST },
    serverFactory: (handler) => deps.newServer(SERVER_OPTIONS, handler),
    return503OnClosing: false,
    frameworkErrors: (fault, request, reply) => void answerFault(deps, fault, { request, reply }),
    clientErrorHandler: (fault, socket) => answerBrokenRequest(deps, fault, socket),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body.length === 0 ? undefined : parseJsonBody(Buffer.from(body)));
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headersOf(request.id));
    const { httpVersionMajor, httpVersionMinor, headers } = request.raw;
    const needsHost = httpVersionMajor > 1 || httpVersionMinor > 0;
    if (needsHost && headers.host === undefined) return sendRefusal(reply, { kind: 'bad-request-line' }, deps.place());
    return undefined;
  });
  hardenServer(app);
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers.host !== undefined || request.raw.httpVersion !== '1.1') return undefined;
    return sendRefusal(reply, { kind: 'bad-request-line' }, deps.place());
  });
  // What is expected of us beyond `100-continue` is nothing that changes an answer.
  app.server.on('checkExpectation', (request, response) => void app.server.emit('request', request, response));
  app.setNotFoundHandler((request, reply) => answerNoRoute(deps, request, reply));
  app.setErrorHandler((fault, request, reply) => answerFault(deps, fault, { request, reply }));
  return app;
}

function hardenServer(app: FastifyInstance): void {
  // Headers beyond a count are dropped in silence, and a second credential among them; their bytes are bounded anyway.
  app.server.maxHeadersCount = 0;
  // What is expected of us beyond `100-continue` is nothing that changes an answer.
  app.server.on('checkExpectation', (request, response) => app.routing(request, response));
}

/** What every answer carries. */
export function headersOf(requestId: string): Readonly<Record<string, string>> {
  return {
    'request-id': requestId,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  };
}

type Exchange = { readonly request: FastifyRequest; readonly reply: FastifyReply };

function answerNoRoute(deps: AppDeps, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const allowed = deps.allowedMethods(request.url.split('?', 1)[0] ?? '');
  if (allowed.length === 0) return sendRefusal(reply, { kind: 'unknown-route' }, deps.place());
  if (request.method === 'OPTIONS') return reply.code(204).header('allow', allowed.join(', ')).send();
  return sendRefusal(reply, { kind: 'method-not-allowed', allowed }, deps.place());
}

/** The one place where a throw ends: what a client caused is a refusal, everything else is logged and told to nobody. */
function answerFault(deps: AppDeps, fault: unknown, { request, reply }: Exchange): FastifyReply {
  const refusal = refusalOfFault(fault, request.routeOptions.bodyLimit ?? BODY_BYTES_LARGEST);
  if (refusal.kind === 'fault' || refusal.kind === 'unavailable') logFault(deps.log, fault, request);
  // A target that cannot be read never passes the hook that sets these.
  return sendRefusal(reply.headers(headersOf(request.id)), refusal, deps.place());
}

function logFault(log: Log, fault: unknown, request: FastifyRequest): void {
  // The route's template, not the path as sent: a key that was pasted into a URL must not reach the log.
  const { method, id: requestId } = request;
  log.error({ err: fault, method, route: request.routeOptions.url ?? null, requestId }, 'a request failed');
}

/** A request that Node could not read: there is no reply object, so the answer is written by hand. */
function answerBrokenRequest(deps: AppDeps, fault: Error & { readonly code?: string }, socket: Socket): void {
  if (socket.destroyed || !socket.writable || fault.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const requestId = deps.newRequestId();
  const problem = problemOf(refusalOfBrokenRequest(fault.code), requestId, deps.place());
  const headers = Object.entries({
    ...headersOf(requestId),
    ...problem.headers,
    'content-length': Buffer.byteLength(problem.body),
    connection: 'close',
  });
  const head = [`HTTP/1.1 ${problem.status} Refused`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  socket.end(`${head.join('\r\n')}\r\n\r\n${problem.body}`);
}

function refusalOfBrokenRequest(code: string | undefined): HttpRefusal {
  if (code === 'HPE_HEADER_OVERFLOW') return { kind: 'headers-too-large' };
  return { kind: code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request-timed-out' : 'bad-request-line' };
}
