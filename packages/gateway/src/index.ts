export { believedAddress, clientAddress, type ForwardedFor, isLoopback } from './client-address.ts';
export { type DataPlaneDeps, LISTENER_LIMITS, type ListenerLimits } from './data-plane-deps.ts';
export type { DecisionCount, DecisionSource } from './decision-counts.ts';
export { createDataPlane, type DataPlane } from './listener.ts';
export { parseRequestPath, type PathTrick, type RequestPath } from './request-path.ts';
export { parseRouteFile, type RouteFileMistake } from './route-file.ts';
export {
  compileRouteRules,
  matchRoute,
  NO_ROUTE_RULES,
  type RouteMatch,
  type RouteRule,
  type RouteRules,
} from './route-rules.ts';
