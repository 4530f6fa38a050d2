import type { Dialect } from './dialects/dialect.ts';
import { NGINX } from './dialects/nginx.ts';
import { type Exchange } from './exchange.ts';
import { methodNotAllowed, sendProblem, UNKNOWN_PATH, unknownQuery } from './problems.ts';

/** One path of the data plane. */
export type DataPlaneRoute = {
  /** The methods it takes; null takes any. */
  readonly methods: readonly string[] | null;
  /** Whether a query is ignored; else it is refused, for nothing here takes one. */
  readonly ignoresQuery: boolean;
  readonly answer: (exchange: Exchange) => void;
};

/** The dialects of forward auth that are served under `/v1/authz/` (D8). */
export const DIALECTS: readonly Dialect[] = [NGINX];

/** Scheme and authority of a target in absolute form, which every server has to take (RFC 9112, 3.2.2). */
const ABSOLUTE_FORM = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** Finds the route of a request and has it answered. Targets are compared, never parsed as URLs: no text can break that. */
export function answerRoute(routes: ReadonlyMap<string, DataPlaneRoute>, exchange: Exchange, publicUrl: string): void {
  const { url = '', method = '' } = exchange.request;
  const { path, query } = splitTarget(url);
  const route = routes.get(path);
  if (route === undefined) return sendProblem(exchange, UNKNOWN_PATH, publicUrl);
  if (route.methods !== null && !route.methods.includes(method)) {
    return sendProblem(exchange, methodNotAllowed(route.methods), publicUrl);
  }
  if (query !== '' && !route.ignoresQuery) return sendProblem(exchange, unknownQuery(query), publicUrl);
  return route.answer(exchange);
}

function splitTarget(url: string): { readonly path: string; readonly query: string } {
  const target = url.startsWith('/') ? url : url.replace(ABSOLUTE_FORM, '');
  const mark = target.indexOf('?');
  return mark === -1 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}
