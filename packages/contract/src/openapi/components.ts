import { z } from 'zod';

/** A JSON object of the document. */
export type Json = { readonly [name: string]: unknown };

/** The named schemas of a document, gathered while its operations are written. */
export type SchemaComponents = {
  /** A request's schema: closed, unknown fields are refused. Ask for all of these before the first answer. */
  ofRequest(schema: z.ZodType): Json;
  /** An answer's schema: open, since later releases may add members. */
  ofAnswer(schema: z.ZodType): Json;
  all(): Json;
};

const DEFINITIONS = '#/$defs/';
const COMPONENTS = '#/components/schemas/';

/** Starts with no schema. Schemas with an `id` become components, all others stand where they are used. */
export function schemaComponents(): SchemaComponents {
  const components = new Map<string, Json>();
  const keep = (name: string, definition: Json, change: (json: Json) => Json): void => {
    const known = components.get(name);
    if (known === undefined) components.set(name, change(definition));
    // A schema that requests and answers share is closed, because it was a request's first.
    else if (!isSame(known, definition) && !isSame(known, change(definition))) {
      throw new Error(`two schemas have the id ${name}`);
    }
  };
  const convert = (schema: z.ZodType, change: (json: Json) => Json): Json => {
    const { $schema: _dialect, $defs, ...rest } = moved(z.toJSONSchema(schema, { io: 'output' })) as Json;
    for (const [name, definition] of Object.entries(($defs ?? {}) as Json)) keep(name, definition as Json, change);
    return change(rest);
  };
  return {
    ofRequest: (schema) => convert(schema, (json) => json),
    ofAnswer: (schema) => convert(schema, (json) => opened(json) as Json),
    all: () => Object.fromEntries([...components].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** Points references at the document's components. */
function moved(json: unknown): unknown {
  return mapJson(json, (name, value) =>
    name === '$ref' && typeof value === 'string' ? value.replace(DEFINITIONS, COMPONENTS) : value,
  );
}

/** Lets an object have members that are not known yet. */
function opened(json: unknown): unknown {
  return mapJson(json, (name, value) => (name === 'additionalProperties' && value === false ? undefined : value));
}

function mapJson(json: unknown, change: (name: string, value: unknown) => unknown): unknown {
  if (Array.isArray(json)) return json.map((entry) => mapJson(entry, change));
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json)
      .map(([name, value]) => [name, mapJson(change(name, value), change)] as const)
      .filter(([, value]) => value !== undefined),
  );
}

function isSame(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
