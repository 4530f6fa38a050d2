import { type Json, schemaComponents } from './openapi/components.ts';
import { securitySchemes, SHARED_PARAMETERS } from './openapi/fixed-components.ts';
import { operationOf } from './openapi/operation.ts';
import { problemExamples, problemSchemas } from './openapi/problem-answers.ts';
import { sharedAnswers } from './openapi/shared-answers.ts';
import { sharedHeaders } from './openapi/shared-headers.ts';
import { webhookOperations } from './openapi/webhook-operations.ts';
import { PROBLEM_CODES, type ProblemCode } from './problems.ts';
import { problemsOf } from './problems-of.ts';
import { ROUTE_NAMES, routeOf } from './routes.ts';

/** A whole OpenAPI 3.1 document. */
export type OpenApiDocument = {
  readonly openapi: '3.1.0';
  readonly info: Json;
  readonly servers: readonly Json[];
  readonly tags: readonly Json[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** What we send, as opposed to what we answer. */
  readonly webhooks: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: Readonly<
    Record<'schemas' | 'responses' | 'examples' | 'headers' | 'parameters' | 'securitySchemes', Json>
  >;
};

const INFO = {
  title: 'Claviger',
  version: '1',
  description:
    'API keys: create, rotate, expire, audit and verify them. Answers may get further members in later releases; ignore those you do not know. Every refusal is `application/problem+json`; branch on its `code`.',
} as const;

/** Describes the whole API, from the same table and schemas that parse. The same table gives the same bytes. */
export function openApiDocument(publicUrl: string): OpenApiDocument {
  const components = schemaComponents();
  // Requests come first: a schema that answers share with them stays closed.
  for (const name of ROUTE_NAMES) {
    const { body } = routeOf(name);
    if (body !== null) components.ofRequest(body);
  }
  const paths: Record<string, Record<string, Json>> = {};
  for (const name of ROUTE_NAMES) {
    const route = routeOf(name);
    const path = (paths[route.path] ??= {});
    path[route.method.toLowerCase()] = operationOf(name, route, components);
  }
  const problems = problemSchemas(answeredCodes(), components);
  const answers = sharedAnswers(paths);
  return {
    openapi: '3.1.0',
    info: INFO,
    servers: [{ url: publicUrl, description: 'The control plane.' }],
    tags: [...new Set(ROUTE_NAMES.map((name) => routeOf(name).group))].map((name) => ({ name })),
    paths: answers.paths,
    webhooks: webhookOperations(components),
    components: {
      responses: answers.shared,
      schemas: { ...components.all(), ...problems },
      examples: problemExamples(publicUrl),
      headers: sharedHeaders(),
      parameters: SHARED_PARAMETERS,
      securitySchemes: securitySchemes(publicUrl),
    },
  };
}

/** The problems that some route may answer, in the order of the table. */
function answeredCodes(): readonly ProblemCode[] {
  const answered = new Set(ROUTE_NAMES.flatMap((name) => problemsOf(routeOf(name))));
  return PROBLEM_CODES.filter((code) => answered.has(code));
}
