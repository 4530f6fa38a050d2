import type { CredentialKind, Route } from '../route.ts';
import type { Json, SchemaComponents } from './components.ts';
import { problemAnswers } from './problem-answers.ts';
import { headersOf, type SharedHeader } from './shared-headers.ts';

/** Where verification is served unless the operator says otherwise. */
const DATA_PLANE_SERVER = {
  url: 'http://127.0.0.1:4401',
  description: 'The data-plane listener, where it is by default.',
} as const;

const SCHEMES_OF: Readonly<Record<CredentialKind, readonly string[]>> = {
  nobody: [],
  session: ['session'],
  master_key: ['bearer', 'td1', 'api_key'],
  internal_verify: ['internal_key'],
};

/** One call as an OpenAPI operation. */
export function operationOf(name: string, route: Route, components: SchemaComponents): Json {
  return {
    operationId: name,
    tags: [route.group],
    summary: route.summary,
    ...(route.description === null ? {} : { description: route.description }),
    ...(route.listener === 'data' ? { servers: [DATA_PLANE_SERVER] } : {}),
    security: route.credentials.flatMap((kind) => SCHEMES_OF[kind].map((scheme) => ({ [scheme]: [] }))),
    parameters: [...pathParameters(route), ...queryParameters(route, components), ...headerParameters(route)],
    ...requestBody(route, components),
    responses: { [String(route.answer.status)]: success(name, route, components), ...problemAnswers(route) },
    'x-claviger-user-types': route.userTypes,
    'x-claviger-audit-events': route.events,
    'x-claviger-sensitive': route.isSensitive,
    'x-claviger-largest-body-bytes': route.body === null ? null : route.bodyBytesLargest,
  };
}

function pathParameters(route: Route): readonly Json[] {
  return [...route.path.matchAll(/\{(\w+)\}/g)].map(([, param = '']) => ({
    name: param,
    in: 'path',
    required: true,
    description: `The id of the ${param === 'user_id' ? 'user' : route.target.replace('_user', '')}.`,
    schema: { type: 'string' },
  }));
}

function queryParameters(route: Route, components: SchemaComponents): readonly Json[] {
  if (route.query === null) return [];
  const { properties } = components.ofRequest(route.query);
  return Object.entries(properties as Readonly<Record<string, Json>>).map(([param, { description, ...schema }]) => ({
    name: param,
    in: 'query',
    required: false,
    description,
    schema,
  }));
}

function headerParameters(route: Route): readonly Json[] {
  return route.isIdempotent ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : [];
}

function requestBody(route: Route, components: SchemaComponents): Json {
  if (route.body === null) return {};
  return {
    requestBody: {
      // No body counts as `{}`.
      required: !route.body.safeParse({}).success,
      content: { 'application/json': { schema: components.ofRequest(route.body) } },
    },
  };
}

function success(name: string, route: Route, components: SchemaComponents): Json {
  const { status, schema, mediaTypes = [] } = route.answer;
  const files = Object.fromEntries(mediaTypes.map((type) => [type, { schema: { type: 'string' } }]));
  return {
    description: schema?.meta()?.description ?? DESCRIPTION_OF[status] ?? 'Done.',
    headers: headersOf(successHeaders(name, route)),
    ...(schema === null ? {} : { content: { 'application/json': { schema: components.ofAnswer(schema) } } }),
    ...(mediaTypes.length === 0 ? {} : { content: files }),
  };
}

function successHeaders(name: string, route: Route): readonly SharedHeader[] {
  const headers: SharedHeader[] = ['RequestId'];
  if (route.events.length > 0) headers.push('ClavigerVersion');
  if (route.isIdempotent) headers.push('IdempotentReplayed');
  if (STARTS_OR_ENDS_SESSION.has(name)) headers.push('SetCookie');
  return headers;
}

const STARTS_OR_ENDS_SESSION = new Set(['setup', 'create_session', 'delete_current_session']);
const DESCRIPTION_OF: Readonly<Record<number, string>> = { 200: 'A page of the list.', 204: 'Done; there is no body.' };
