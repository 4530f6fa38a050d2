import { expect, test } from 'vitest';
import { openApiDocument } from './openapi.ts';
import { problemsOf } from './problems-of.ts';
import { ROUTE_NAMES, type RouteName, routeOf } from './routes.ts';

type Json = Readonly<Record<string, unknown>>;

const PUBLIC_URL = 'https://keys.example';
const document = openApiDocument(PUBLIC_URL);
const plain = JSON.parse(JSON.stringify(document)) as Json;

/** The value at a JSON pointer of the document; undefined when there is none. */
function at(pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((value, step) => (isJson(value) ? value[step] : undefined), plain);
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}

function resolved(value: unknown): Json {
  if (!isJson(value)) throw new Error('nothing to resolve');
  return typeof value['$ref'] === 'string' ? resolved(at(value['$ref'].slice(1))) : value;
}

function operation(name: RouteName): Json {
  const { path, method } = routeOf(name);
  return resolved(document.paths[path]?.[method.toLowerCase()]);
}

/** Every object of the document, with the pointer it stands at. */
function* everyObject(value: unknown, pointer = ''): Generator<readonly [string, Json]> {
  if (!isJson(value)) return;
  yield [pointer, value];
  for (const [name, inner] of Object.entries(value)) {
    yield* everyObject(inner, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  }
}

test('every reference leads somewhere', () => {
  const references = [...everyObject(plain)].flatMap(([, { $ref }]) => (typeof $ref === 'string' ? [$ref] : []));
  expect(references.length).toBeGreaterThan(100);
  expect(references.filter((reference) => at(reference.slice(1)) === undefined)).toEqual([]);
});

test('every component is referred to, so that nothing stale is described', () => {
  const text = JSON.stringify(plain);
  const unused = (['schemas', 'responses', 'headers', 'parameters'] as const).flatMap((kind) =>
    Object.keys(document.components[kind]).filter((name) => !text.includes(`"#/components/${kind}/${name}"`)),
  );
  expect(unused).toEqual([]);
});

test('the paths and methods are those of the table, no more and no less', () => {
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const routes = ROUTE_NAMES.map((name) => `${routeOf(name).method} ${routeOf(name).path}`);
  expect(described.toSorted()).toEqual(routes.toSorted());
});

test.each(ROUTE_NAMES)('%s has its success and each of its refusals, by status', (name) => {
  const route = routeOf(name);
  const responses = resolved(operation(name)['responses']);
  for (const response of Object.values(responses)) expect(resolved(response)['description']).toBeTypeOf('string');
  const success = resolved(responses[String(route.answer.status)]);
  expect(isJson(success['content'])).toBe(route.answer.schema !== null || route.answer.mediaTypes !== undefined);
  const described = Object.keys(responses)
    .filter((status) => Number(status) >= 400)
    .flatMap((status) =>
      Object.keys(resolved(at2(resolved(responses[status]), 'content', 'application/problem+json', 'examples'))),
    );
  expect(described).toEqual([...problemsOf(route)]);
});

function at2(value: unknown, ...steps: readonly string[]): unknown {
  return steps.reduce<unknown>((inner, step) => (isJson(inner) ? inner[step] : undefined), value);
}

test.each(ROUTE_NAMES)('%s describes its path, query and headers', (name) => {
  const route = routeOf(name);
  const parameters = (operation(name)['parameters'] as readonly unknown[]).map(resolved);
  const named = (place: string): unknown[] =>
    parameters.filter((entry) => entry['in'] === place).map((entry) => entry['name']);
  expect(named('path')).toEqual([...route.path.matchAll(/\{(\w+)\}/g)].map(([, param]) => param));
  expect(named('query')).toEqual(Object.keys(route.query?.shape ?? {}));
  expect(named('header')).toEqual(route.isIdempotent ? ['Idempotency-Key'] : []);
  for (const parameter of parameters) expect(parameter['description']).toMatch(/\.$/);
  expect(isJson(operation(name)['requestBody'])).toBe(route.body !== null);
});

test('the id of an operation is the name of its route', () => {
  expect(ROUTE_NAMES.map((name) => operation(name)['operationId'])).toEqual([...ROUTE_NAMES]);
});

test('every credential that an operation asks for is described', () => {
  const asked = ROUTE_NAMES.flatMap((name) => (operation(name)['security'] as readonly Json[]).flatMap(Object.keys));
  expect([...new Set(asked)].toSorted()).toEqual(Object.keys(document.components.securitySchemes).toSorted());
});

test('every field of every body and answer is described', () => {
  const silent = [...everyObject(plain['components'])].flatMap(([pointer, { properties }]) =>
    Object.entries(isJson(properties) ? properties : {}).flatMap(([name, field]) =>
      isDescribed(field) ? [] : [`${pointer}/${name}`],
    ),
  );
  expect(silent).toEqual([]);
});

/** A field says what it is, or refers to something that does. */
function isDescribed(field: unknown): boolean {
  if (!isJson(field)) return false;
  if (typeof field['description'] === 'string' || 'const' in field) return true;
  if (typeof field['$ref'] === 'string') return isDescribed(resolved(field));
  return Array.isArray(field['anyOf']) && field['anyOf'].some(isDescribed);
}

test('requests are closed and answers open: later releases may add members to answers only', () => {
  expect(at('/components/schemas/CreateKey/additionalProperties')).toBe(false);
  expect(at('/components/schemas/PermissionRequest/additionalProperties')).toBe(false);
  expect(at('/components/schemas/Key/additionalProperties')).toBeUndefined();
  expect(at('/components/schemas/Permission/additionalProperties')).toBeUndefined();
  expect(at('/components/schemas/Key/required')).toContain('rotation');
});

test('limits stand in the document as machines read them (E1)', () => {
  expect(at('/components/schemas/CreateKey/properties/lifespan_days/anyOf')).toEqual([
    { type: 'integer', minimum: 1, maximum: 365 },
    { type: 'null' },
  ]);
  expect(at('/components/schemas/CreateKey/properties/name')).toMatchObject({ minLength: 1, maxLength: 200 });
});

test('a body is required unless {} is one, since no body counts as {}', () => {
  expect(operation('rotate_key')['requestBody']).toMatchObject({ required: true });
  expect(operation('disable_key')['requestBody']).toMatchObject({ required: false });
});

test('the same table gives the same bytes', () => {
  expect(JSON.stringify(openApiDocument(PUBLIC_URL))).toBe(JSON.stringify(document));
});

test('the cookie has the prefix that browsers hold to TLS exactly where there is TLS', () => {
  expect(at('/components/securitySchemes/session/name')).toBe('__Host-claviger');
  expect(openApiDocument('http://127.0.0.1:4400').components.securitySchemes['session']).toMatchObject({
    name: 'claviger',
  });
});

test('what webhooks get is described, with the headers that prove the sender (R8)', () => {
  const sent = document.webhooks['event']?.['post'];
  const headers = ((sent?.['parameters'] ?? []) as readonly Json[]).map((header) => [
    header['name'],
    header['required'],
  ]);
  expect(headers).toEqual([
    ['webhook-id', true],
    ['webhook-timestamp', true],
    ['webhook-signature', true],
  ]);
  expect(at('/components/schemas/WebhookMessage/required')).toEqual(['type', 'timestamp', 'data']);
});
