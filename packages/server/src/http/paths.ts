import { ROUTE_NAMES, type Route, routeOf } from '@claviger/contract';
import type { ControlRouteName } from './call.ts';

/** The names of the routes that the control plane answers, in the order of the table. */
export const CONTROL_ROUTE_NAMES: readonly ControlRouteName[] = ROUTE_NAMES.filter(
  (name): name is ControlRouteName => routeOf(name).listener !== 'data',
);

/** A path template in the router's notation: `/v1/keys/{id}` is `/v1/keys/:id`. */
export function routerPath(template: string): string {
  return template.replaceAll(/\{([a-z_]+)\}/g, ':$1');
}

/** The methods of a route: balancers ask after health with HEAD as well. */
export function methodsOf(route: Pick<Route, 'method' | 'listener'>): readonly string[] {
  return route.listener === 'every' ? [route.method, 'HEAD'] : [route.method];
}

/** Makes a function that says which methods a path knows. The answer lists OPTIONS too; an unknown path has none. */
export function createMethodTable(
  routes: readonly Pick<Route, 'method' | 'path' | 'listener'>[],
): (path: string) => readonly string[] {
  const methodsByTemplate = new Map<string, string[]>();
  for (const route of routes) {
    methodsByTemplate.set(route.path, [...(methodsByTemplate.get(route.path) ?? []), ...methodsOf(route)]);
  }
  const entries = [...methodsByTemplate].map(([path, methods]) => ({
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{[a-z_]+\}/g, '[^/]+')}$`),
    methods,
  }));
  return (path) => {
    // Several templates may fit one path (`/v1/keys/{id}` and `/v1/keys/test`); the router takes what any of them takes.
    const methods = new Set(entries.filter((entry) => entry.pattern.test(path)).flatMap((entry) => entry.methods));
    return methods.size === 0 ? [] : [...methods, 'OPTIONS'];
  };
}
