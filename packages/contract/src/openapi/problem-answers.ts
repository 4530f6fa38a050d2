import { z } from 'zod';
import { PROBLEM_CODES, problemDefinition, problemType, type ProblemCode } from '../problems.ts';
import { problemsOf } from '../problems-of.ts';
import type { Route } from '../route.ts';
import { problem } from '../schemas/problem.ts';
import type { Json, SchemaComponents } from './components.ts';
import { headersOf, type SharedHeader } from './shared-headers.ts';

const REQUEST_ID_EXAMPLE = '01JQ4W7Z8N3V5K2T9R6M1X0Y4B';

/** The members of a problem as it may read: for the document's examples and the pages of the docs. */
export function problemExample(publicUrl: string, code: ProblemCode): Json {
  const { status, title, example, members } = problemDefinition(code);
  return {
    type: problemType(publicUrl, code),
    title,
    status,
    detail: example,
    instance: `urn:request:${REQUEST_ID_EXAMPLE}`,
    code,
    request_id: REQUEST_ID_EXAMPLE,
    ...Object.fromEntries(Object.entries(members).map(([name, schema]) => [name, exampleOf(schema)])),
  };
}

function exampleOf(schema: z.ZodType): unknown {
  const examples = schema.meta()?.['examples'];
  return Array.isArray(examples) ? (examples as readonly unknown[])[0] : undefined;
}

/** The example of every problem, by its code. */
export function problemExamples(publicUrl: string): Json {
  return Object.fromEntries(
    PROBLEM_CODES.map((code) => [
      code,
      { summary: problemDefinition(code).title, value: problemExample(publicUrl, code) },
    ]),
  );
}

/** The schemas of those of the problems that carry members of their own, as `Problem.<code>`. */
export function problemSchemas(codes: readonly ProblemCode[], components: SchemaComponents): Json {
  const base = components.ofAnswer(problem);
  return Object.fromEntries(
    codes.filter(hasMembers).map((code) => {
      const own = components.ofAnswer(z.strictObject({ code: z.literal(code), ...problemDefinition(code).members }));
      return [schemaName(code), { description: problemDefinition(code).title, allOf: [base, own] }];
    }),
  );
}

/** The refusals of a route, by status. */
export function problemAnswers(route: Route): Json {
  const byStatus = Map.groupBy(problemsOf(route), (code) => problemDefinition(code).status);
  return Object.fromEntries([...byStatus].map(([status, codes]) => [String(status), problemAnswer(status, codes)]));
}

function problemAnswer(status: number, codes: readonly ProblemCode[]): Json {
  return {
    description: codes.map((code) => `\`${code}\`: ${problemDefinition(code).title}.`).join(' '),
    headers: headersOf(['RequestId', ...(HEADERS_OF_STATUS[status] ?? [])]),
    content: {
      'application/problem+json': {
        schema: schemaOf(codes),
        examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
      },
    },
  };
}

const HEADERS_OF_STATUS: Readonly<Record<number, readonly SharedHeader[]>> = {
  401: ['WwwAuthenticate'],
  429: ['RetryAfter', 'RateLimit'],
  503: ['RetryAfter'],
};

function schemaOf(codes: readonly ProblemCode[]): Json {
  const special = codes.filter(hasMembers).map((code) => ({ $ref: `#/components/schemas/${schemaName(code)}` }));
  const plain = { $ref: '#/components/schemas/Problem' };
  return special.length === 0 ? plain : { anyOf: [...special, plain] };
}

function hasMembers(code: ProblemCode): boolean {
  return Object.keys(problemDefinition(code).members).length > 0;
}

function schemaName(code: ProblemCode): string {
  return `Problem.${code}`;
}
