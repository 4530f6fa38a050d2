import type { Decision } from '../decider.ts';
import { type GuardDeps, guardRequest } from '../guard.ts';
import type { CredentialPlaces } from '../presented-key.ts';

/** What the guard reads of a Fastify request. */
export type FastifyRequestLike = {
  readonly id: unknown;
  readonly ip: string;
  readonly raw: { readonly rawHeaders: readonly string[]; readonly url?: string | undefined };
};

/** What the guard writes with a Fastify reply. */
export type FastifyReplyLike = {
  code(status: number): unknown;
  header(name: string, value: string): unknown;
  send(body: string): unknown;
};

/** What a route needs of a key. */
export type FastifyGuardRoute<Request extends FastifyRequestLike> = {
  /** The operation's name, for example `import`; null when any good key will do. */
  readonly operation: string | null;
  /** The resource as `type:name`, for example `database:sales`; not asked for without an operation. */
  readonly resource?: (request: Request) => string;
  /** Where the key may come, when not in the usual places (D9, D11). */
  readonly places?: CredentialPlaces;
};

/** Guards routes of a Fastify server. */
export type FastifyGuard = {
  /** A hook for `onRequest`: refused requests are answered before their body is read. */
  require<Request extends FastifyRequestLike>(
    route: FastifyGuardRoute<Request>,
  ): (request: Request, reply: FastifyReplyLike) => Promise<unknown>;
  /** The decision that let a request through; null on a route without the hook. */
  decisionOn(request: object): Decision | null;
};

/**
 * Middleware for Fastify (D8). Put the hook on `onRequest` of every route that is not public: a route without it is open.
 *
 * @example
 * const guard = fastifyGuard({ decider, publicUrl: 'https://keys.example' });
 * type WithDatabase = { Params: { database: string } };
 * const mayImport = guard.require<FastifyRequest<WithDatabase>>({
 *   operation: 'import',
 *   resource: (request) => `database:${request.params.database}`,
 * });
 * app.post<WithDatabase>('/v3/event/:database/:table', { onRequest: mayImport }, handler);
 */
export function fastifyGuard(deps: GuardDeps): FastifyGuard {
  const decisions = new WeakMap<object, Decision>();
  return {
    require: (route) => async (request, reply) => {
      const { operation, resource } = route;
      const asked = operation === null ? null : { name: operation, resource: resource?.(request) ?? '' };
      const outcome = await guardRequest(
        deps,
        {
          rawHeaders: request.raw.rawHeaders,
          url: request.raw.url ?? '',
          ip: request.ip,
          requestId: String(request.id),
        },
        { operation: asked, ...(route.places === undefined ? {} : { places: route.places }) },
      );
      const headers = outcome.kind === 'passed' ? outcome.headers : outcome.refusal.headers;
      for (const [name, value] of Object.entries(headers)) reply.header(name, value);
      if (outcome.kind === 'passed') {
        decisions.set(request, outcome.decision);
        return undefined;
      }
      reply.code(outcome.refusal.status);
      reply.send(outcome.refusal.body);
      // Fastify goes on with the route unless the hook returns the reply that was sent.
      return reply;
    },
    decisionOn: (request) => decisions.get(request) ?? null,
  };
}
