import { routeOf } from '@claviger/contract';
import { randomBase62 } from '@claviger/core';
import type { FastifyInstance } from 'fastify';
import { createApp } from './app.ts';
import type { HttpDeps } from './deps.ts';
import { CONTROL_ROUTE_NAMES, createMethodTable } from './paths.ts';
import { registerRoutes } from './register.ts';

/** Characters. 119 random bits: no two requests ever have the same id. */
const REQUEST_ID_LENGTH = 20;

/** Makes the control plane's listener with every route of the table; the caller lets it listen. */
export function createControlPlane(deps: HttpDeps): FastifyInstance {
  const app = createApp({
    log: deps.log,
    newServer: deps.newServer,
    place: () => ({ publicOrigin: deps.publicUrl().origin }),
    newRequestId: () => `req_${randomBase62(REQUEST_ID_LENGTH, deps.commands.randomBytes)}`,
    allowedMethods: createMethodTable(CONTROL_ROUTE_NAMES.map(routeOf)),
  });
  registerRoutes(app, deps, CONTROL_ROUTE_NAMES);
  return app;
}
