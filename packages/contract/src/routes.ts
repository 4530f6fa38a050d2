import type { z } from 'zod';
import type { Route } from './route.ts';
import { ACCESS_ROUTES } from './routes/access.ts';
import { ACCOUNT_ROUTES } from './routes/account.ts';
import { INVITATION_ROUTES } from './routes/invitations.ts';
import { IP_ALLOWLIST_ROUTES } from './routes/ip-allowlists.ts';
import { KEY_ROUTES } from './routes/keys.ts';
import { MAIL_ROUTES } from './routes/mails.ts';
import { PASSWORD_ROUTES } from './routes/passwords.ts';
import { POLICY_ROUTES } from './routes/policies.ts';
import { POLICY_APPLICATION_ROUTES } from './routes/policy-application.ts';
import { SECOND_FACTOR_ROUTES } from './routes/second-factors.ts';
import { SERVICE_ROUTES } from './routes/service.ts';
import { SETTING_ROUTES } from './routes/settings.ts';
import { USER_ROUTES } from './routes/users.ts';
import { WEBHOOK_ROUTES } from './routes/webhooks.ts';

/** Every call of the API, by the name of its handler, which is also its `operationId`. */
export const ROUTES = {
  ...ACCESS_ROUTES,
  ...PASSWORD_ROUTES,
  ...SECOND_FACTOR_ROUTES,
  ...USER_ROUTES,
  ...INVITATION_ROUTES,
  ...KEY_ROUTES,
  ...ACCOUNT_ROUTES,
  ...SETTING_ROUTES,
  ...POLICY_APPLICATION_ROUTES,
  ...IP_ALLOWLIST_ROUTES,
  ...POLICY_ROUTES,
  ...WEBHOOK_ROUTES,
  ...MAIL_ROUTES,
  ...SERVICE_ROUTES,
} as const satisfies Record<string, Route>;

/** The name of a route. */
export type RouteName = keyof typeof ROUTES;

/** Every name, in the order of the table. */
export const ROUTE_NAMES = Object.keys(ROUTES) as readonly RouteName[];

/** A row of the table, forgetting which: for code that treats all routes alike. */
export function routeOf(name: RouteName): Route {
  return ROUTES[name];
}

/** The parsed body of a route; `null` for a route without one. */
export type BodyOf<Name extends RouteName> = Parsed<(typeof ROUTES)[Name]['body']>;

/** The parsed query of a route, defaults filled in; `null` for a route without one. */
export type QueryOf<Name extends RouteName> = Parsed<(typeof ROUTES)[Name]['query']>;

/** The body of a route's success; `null` where it has none (204). */
export type AnswerOf<Name extends RouteName> = Parsed<(typeof ROUTES)[Name]['answer']['schema']>;

/** The `{names}` in the path of a route, as text. */
export type ParamsOf<Name extends RouteName> = {
  readonly [Param in ParamNames<(typeof ROUTES)[Name]['path']>]: string;
};

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : null;

type ParamNames<Path extends string> = Path extends `${string}{${infer Param}}${infer Rest}`
  ? Param | ParamNames<Rest>
  : never;
