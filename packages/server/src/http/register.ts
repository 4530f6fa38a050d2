import { Readable } from 'node:stream';
import { parseInput, type Route, routeOf } from '@claviger/contract';
import { formatInstant, formatVersion, ok, refuse, type Result, type Version } from '@claviger/core';
import type { ReplaySlot, StoredAnswer } from '@claviger/storage';
import { rateLimitHeaders } from '@claviger/verifier';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AnonymousContext, Caller, CommandContext } from '../commands/deps.ts';
import { recordDenial } from '../commands/record-denial.ts';
import { authorize } from './authorize.ts';
import type { Answered, Call, ControlRouteName, Implementation, ReplayDraft, SentFile } from './call.ts';
import type { HttpDeps } from './deps.ts';
import type { HttpRefusal } from './http-refusal.ts';
import { createIdempotency, draftReplay } from './idempotency.ts';
import { type Incoming, originOf, readIncoming } from './incoming.ts';
import type { BodyRefusal } from './json-body.ts';
import { headerValues } from './origin-check.ts';
import { methodsOf, routerPath } from './paths.ts';
import { parseQuery } from './query.ts';
import { IMPLEMENTATIONS } from './routes.ts';
import { sendRefusal } from './send-refusal.ts';
import { problemOf } from './problems.ts';
import { parseTargetIds, resourceIdOf } from './target-ids.ts';

/** What the hook before the body knows, handed on to the handler after it. */
type Admitted = { readonly incoming: Incoming; readonly caller: Caller | null };

/** Everything that registering one route takes. */
type Registration = {
  readonly deps: HttpDeps;
  readonly route: Route;
  readonly runOnce: ReturnType<typeof createIdempotency>;
  readonly admitted: WeakMap<FastifyRequest, Admitted>;
};

/** Wires the table of routes into Fastify: each row brings its own parsing, rights, limits and answer schema. */
export function registerRoutes(app: FastifyInstance, deps: HttpDeps, names: readonly ControlRouteName[]): void {
  const runOnce = createIdempotency(deps);
  const admitted = new WeakMap<FastifyRequest, Admitted>();
  for (const name of names) registerRoute(app, name, { deps, route: routeOf(name), runOnce, admitted });
}

function registerRoute<Name extends ControlRouteName>(
  app: FastifyInstance,
  name: Name,
  registration: Registration,
): void {
  const { route } = registration;
  app.route({
    method: [...methodsOf(route)],
    url: routerPath(route.path),
    bodyLimit: route.bodyBytesLargest,
    // Before the body is read: strangers do not get to send one.
    onRequest: (request, reply) => admit(registration, request, reply),
    handler: (request, reply) => handle(registration, { implementation: IMPLEMENTATIONS[name], request, reply }),
  });
}

async function admit(registration: Registration, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { deps, route, admitted } = registration;
  const incoming = readIncoming(request, route.path, deps);
  const authorization = await authorize(deps, incoming, route);
  const { caller } = authorization;
  admitted.set(request, { incoming, caller });
  if (!authorization.ok) return answerRefusal(registration, authorization.refusal, { request, reply });
  if (authorization.keyExpiresAt !== null) {
    reply.header('claviger-key-expires', formatInstant(authorization.keyExpiresAt));
  }
  reply.headers(rateLimitHeaders(authorization.rateLimit));
  if (hasContentEncoding(incoming)) {
    return answerRefusal(registration, { kind: 'unsupported-media-type' }, { request, reply });
  }
  return undefined;
}

type Exchange = { readonly request: FastifyRequest; readonly reply: FastifyReply };

async function handle<Name extends ControlRouteName>(
  registration: Registration,
  exchange: Exchange & { readonly implementation: Implementation<Name> },
): Promise<FastifyReply> {
  const { deps, route, runOnce } = registration;
  const { implementation } = exchange;
  const prepared = prepare<Name>(registration, exchange);
  if (!prepared.ok) return answerRefusal(registration, prepared.refusal, exchange);
  const { draft, callWith, incoming } = prepared.value;
  const make = () => implementation.run(deps, callWith(completeReplay(draft, route, { implementation, incoming })));
  const outcome = draft === null ? madeOf(await make()) : await runOnce(draft, incoming, make);
  if (!outcome.ok) return answerRefusal(registration, outcome.refusal, exchange);
  if (outcome.value.kind === 'replayed') return sendReplay(exchange.reply, outcome.value.answer);
  return sendAnswer(exchange.reply, route, outcome.value.answered);
}

function madeOf(outcome: Result<Answered, HttpRefusal>) {
  return outcome.ok ? ok({ kind: 'made' as const, answered: outcome.value }) : outcome;
}

type Prepared<Name extends ControlRouteName> = {
  readonly incoming: Incoming;
  readonly draft: ReplayDraft | null;
  readonly callWith: (replay: ReplaySlot | null) => Call<Name>;
};

/** Parses everything a route takes, all mistakes of one part at once: the path first, then the query, then the body. */
function prepare<Name extends ControlRouteName>(
  { deps, route, admitted }: Registration,
  { request }: Exchange,
): Result<Prepared<Name>, HttpRefusal> {
  const known = admitted.get(request);
  if (known === undefined) throw new Error(`${route.path} was reached without being admitted`);
  const { incoming, caller } = known;
  const ids = parseTargetIds(route.target, request.params);
  if (ids === null) return refuse({ kind: 'malformed-id' });
  const query = parseQuery(route.query, incoming.query);
  if (!query.ok) return query;
  const body = readBody(route, request.body);
  if (!body.ok) return body;
  const draft =
    route.isIdempotent && caller !== null ? draftReplay(deps, incoming, { caller, body: body.value }) : ok(null);
  if (!draft.ok) return draft;
  const callWith = (replay: ReplaySlot | null): Call<Name> =>
    // The one place where a row of the table meets its types: query, body and ids were parsed by that very row.
    ({
      context: contextOf(incoming, caller, replay),
      ids,
      query: query.value,
      body: body.value,
      incoming,
    }) as Call<Name>;
  return ok({ incoming, draft: draft.value, callWith });
}

function contextOf(
  incoming: Incoming,
  caller: Caller | null,
  replay: ReplaySlot | null,
): CommandContext | AnonymousContext {
  const { now, storable } = incoming;
  const change = { origin: originOf(incoming, caller), now, storable, replay };
  return caller === null ? { change } : { caller, change };
}

/** No body at all counts as `{}`; a route that takes none takes `{}` as well. */
function readBody(route: Route, received: unknown): Result<unknown, HttpRefusal> {
  const json = (received ?? ok({})) as Result<unknown, BodyRefusal>;
  if (!json.ok) return json;
  if (route.body === null) {
    const isNothing = typeof json.value === 'object' && json.value !== null && Object.keys(json.value).length === 0;
    if (isNothing && !Array.isArray(json.value)) return ok(null);
    return refuse({ kind: 'bad-body', errors: [{ pointer: '', code: 'not_allowed', detail: 'must be absent' }] });
  }
  const parsed = parseInput(route.body, json.value);
  return parsed.ok ? parsed : refuse({ kind: 'bad-body', errors: parsed.refusal });
}

/** Completes the slot with how its answer is worded: the same as shown now, without any secret (K7). */
function completeReplay<Name extends ControlRouteName>(
  draft: ReplayDraft | null,
  route: Route,
  { implementation, incoming }: { readonly implementation: Implementation<Name>; readonly incoming: Incoming },
): ReplaySlot | null {
  const { replayBody } = implementation;
  if (draft === null || replayBody === null) return null;
  return {
    ...draft,
    answerOf: (value, version) => ({
      status: route.answer.status,
      body: bodyText(route, replayBody(value, { now: incoming.now, version })),
      version: version === null ? null : formatVersion(version),
    }),
  };
}

/** Everything goes out through the route's answer schema: a field that it does not name is a fault, never sent. */
function bodyText(route: Route, body: unknown): string {
  return route.answer.schema === null ? '' : JSON.stringify(route.answer.schema.parse(body));
}

function sendAnswer(reply: FastifyReply, route: Route, answered: Answered): FastifyReply {
  reply.code(route.answer.status).headers(answered.headers).headers(versionHeader(answered.version));
  if (answered.file !== undefined) return sendFile(reply, answered.file);
  if (route.answer.schema === null) return reply.send();
  return sendJson(reply, bodyText(route, answered.body));
}

/**
 * As chunks, each made when there is room for it. When the client goes away Fastify destroys the stream, which ends the
 * generator at its next page; a fault in the middle cuts the connection, so that nobody takes a part for the whole.
 */
function sendFile(reply: FastifyReply, file: SentFile): FastifyReply {
  const disposition = `attachment; filename="${file.name}"`;
  reply.header('content-type', file.mediaType).header('content-disposition', disposition);
  return reply.send(Readable.from(file.chunks, { objectMode: false }));
}

function versionHeader(version: Version | null): Readonly<Record<string, string>> {
  return version === null ? {} : { 'claviger-version': formatVersion(version) };
}

function sendReplay(reply: FastifyReply, answer: StoredAnswer): FastifyReply {
  reply.code(answer.status).header('idempotent-replayed', 'true');
  if (answer.version !== null) reply.header('claviger-version', answer.version);
  if (answer.body === '') return reply.send();
  return sendJson(reply, answer.body);
}

/** As bytes: a text would get a `charset`, which JSON does not have. */
function sendJson(reply: FastifyReply, text: string): FastifyReply {
  return reply.header('content-type', 'application/json').send(Buffer.from(text));
}

/** Answers with a problem; what a known caller may not do is an event as well (A2). */
async function answerRefusal(
  { deps, route, admitted }: Registration,
  refusal: HttpRefusal,
  { request, reply }: Exchange,
): Promise<FastifyReply> {
  const place = { publicOrigin: deps.publicUrl().origin };
  const { status, code } = problemOf(refusal, request.id, place);
  const known = admitted.get(request);
  if (status === 403 && known !== undefined && known.caller !== null) {
    const { incoming, caller } = known;
    const { now, storable } = incoming;
    const context = { caller, change: { origin: originOf(incoming, caller), now, storable, replay: null } };
    const resourceId = resourceIdOf(route.target, request.params);
    try {
      await recordDenial(deps.commands, context, { code, resourceId });
    } catch (fault) {
      // A refusal stays a refusal when the log cannot be written: nothing was changed that would need an event.
      deps.log.error({ err: fault, requestId: request.id }, 'a refused call could not be recorded');
    }
  }
  return sendRefusal(reply, refusal, place);
}

/** Bodies are read as they come; one that is packed would only be found to be no JSON. */
function hasContentEncoding(incoming: Incoming): boolean {
  return headerValues(incoming.rawHeaders, 'content-encoding').some((coding) => coding.toLowerCase() !== 'identity');
}
