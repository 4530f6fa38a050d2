import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { EventStore, StoredEvent, TableName } from './event-store.ts';

/** A hook that refuses a request or lets it through. */
export type Guarding = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** Makes the hook of one route: which operation it is, on which resource. The API knows of keys only through this. */
export type Guard = (access: {
  readonly operation: string;
  /** `database:<name>`, worked out from the path. */
  resource(request: FastifyRequest): string;
}) => Guarding;

type Deps = {
  readonly store: EventStore;
  /** Null when a proxy in front has already decided. */
  readonly guard: Guard | null;
};

const table = {
  type: 'object',
  properties: {
    database: { type: 'string', pattern: '^[a-z0-9_]{1,64}$' },
    table: { type: 'string', pattern: '^[a-z0-9_]{1,64}$' },
  },
} as const;

const time = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' } as const;
const name = { type: 'string', minLength: 1, maxLength: 100 } as const;

const event = {
  type: 'object',
  required: ['name', 'time'],
  additionalProperties: false,
  properties: { name, time, properties: { type: 'object' } },
} as const;

const ingestBody = {
  type: 'object',
  required: ['events'],
  additionalProperties: false,
  properties: { events: { type: 'array', minItems: 1, maxItems: 1000, items: event } },
} as const;

const query = {
  type: 'object',
  additionalProperties: false,
  properties: { name, from: time, to: time, limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 } },
} as const;

const databaseOf = (request: FastifyRequest): string => `database:${(request.params as TableName).database}`;

/** The example API: `POST` ingests events into a table of a database, `GET` queries them with filters. */
export function createEventsApi(deps: Deps): FastifyInstance {
  const app = fastify({ logger: false, ajv: { customOptions: { removeAdditional: false } } });
  // On `onRequest`, so that a refused request is answered before its body is read.
  const guarded = (operation: string): { onRequest?: Guarding } =>
    deps.guard === null ? {} : { onRequest: deps.guard({ operation, resource: databaseOf }) };

  app.get('/livez', async () => ({ status: 'alive' }));

  app.post<{
    Params: TableName;
    Body: { events: readonly (Omit<StoredEvent, 'properties'> & Partial<StoredEvent>)[] };
  }>(
    '/v1/events/:database/:table',
    { schema: { params: table, body: ingestBody }, ...guarded('import') },
    async (request, reply) => {
      const events = request.body.events.map((given) => ({ properties: {}, ...given }));
      deps.store.append(request.params, events);
      return reply.code(202).send({ accepted: events.length });
    },
  );

  app.get<{ Params: TableName; Querystring: { name?: string; from?: string; to?: string; limit: number } }>(
    '/v1/events/:database/:table',
    { schema: { params: table, querystring: query }, ...guarded('query') },
    async (request) => ({ events: deps.store.query(request.params, request.query) }),
  );
  return app;
}
