import { OPERATION_NAME_LONGEST, type Result, ok, refuse } from '@claviger/core';
import { z } from 'zod';
import { parseRequestPath } from './request-path.ts';
import { parseResourceTemplate } from './resource-template.ts';
import { compileRouteRules, findDuplicateRules, isParam, type RouteRule, type RouteRules } from './route-rules.ts';

/** One thing that is wrong with a file of route rules; `pointer` is a JSON pointer, empty for the file as a whole. */
export type RouteFileMistake = { readonly pointer: string; readonly detail: string };

/** Rules. More would be an API described path by path instead of by templates. */
const RULES_MOST = 10_000;
/** Characters. One path template. */
const TEMPLATE_LONGEST = 1_000;
/** Headers that say something else already, or that proxies and this program own. */
const RESERVED_HEADER =
  /^(?:host|cookie|connection|upgrade|te|trailer|transfer-encoding|content-.*|x-original-.*|x-forwarded-.*|x-real-ip|claviger-.*)$/i;

const name = z
  .string()
  .max(OPERATION_NAME_LONGEST)
  .regex(/^[^\s:,*]+$/, 'must be the name of an operation');

const ruleSchema = z.strictObject({
  method: z
    .string()
    .regex(
      /^(?!(?:CONNECT|TRACE|HEAD)$)[A-Z]{1,20}$/,
      'must be a method in capitals; HEAD counts as GET, CONNECT and TRACE never pass',
    ),
  path: z.string().max(TEMPLATE_LONGEST),
  operation: name,
  resource: z.string().max(TEMPLATE_LONGEST),
  key_header: z
    .string()
    .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/, 'must be the name of a header')
    .refine((header) => !RESERVED_HEADER.test(header), 'is a header that carries something else')
    .exactOptional(),
  allow_write_key_query: z.literal(true).exactOptional(),
});

const fileSchema = z.strictObject({
  unmatched: z.enum(['refuse', 'authenticate_only']),
  rules: z.array(z.unknown()).max(RULES_MOST),
});

type Mistakes = RouteFileMistake[];

/**
 * Reads a file of route rules (D9), or answers all that is wrong with it at once. Unknown fields are mistakes, and so
 * are two rules for the same paths: which one counts must never depend on their order.
 */
export function parseRouteFile(text: string): Result<RouteRules, readonly RouteFileMistake[]> {
  const json = parseJson(text);
  if (!json.ok) return refuse([{ pointer: '', detail: `is not JSON: ${json.refusal}` }]);
  const file = fileSchema.safeParse(json.value);
  const mistakes: Mistakes = file.success ? [] : mistakesOf(file.error, '');
  const listed = listedRules(json.value);
  const rules = listed.map((rule, index) => parseRule(rule, `/rules/${index}`, mistakes));
  mistakes.push(...duplicateMistakes(rules));
  if (!file.success || mistakes.length > 0) return refuse(mistakes);
  return ok(
    compileRouteRules(
      file.data.unmatched,
      rules.filter((rule) => rule !== null),
    ),
  );
}

/** The rules as listed, also in a file that is wrong elsewhere: everything is reported in one go. */
function listedRules(file: unknown): readonly unknown[] {
  if (typeof file !== 'object' || file === null || !('rules' in file) || !Array.isArray(file.rules)) return [];
  return file.rules.slice(0, RULES_MOST);
}

function parseRule(value: unknown, pointer: string, mistakes: Mistakes): RouteRule | null {
  const parsed = ruleSchema.safeParse(value);
  if (!parsed.success) {
    mistakes.push(...mistakesOf(parsed.error, pointer));
    return null;
  }
  const rule = parsed.data;
  const wrong = (field: string, detail: string): null => {
    mistakes.push({ pointer: `${pointer}/${field}`, detail });
    return null;
  };
  const segments = parseTemplate(rule.path);
  if (!segments.ok) return wrong('path', segments.refusal);
  const resource = parseResourceTemplate(rule.resource, segments.value);
  if (!resource.ok) return wrong('resource', resource.refusal);
  if (!name.safeParse(resource.value.type).success)
    return wrong('resource', 'must begin with the name of a resource type');
  if (rule.key_header !== undefined && rule.allow_write_key_query === true) {
    return wrong('allow_write_key_query', 'goes without key_header: that header alone carries the key then');
  }
  return {
    method: rule.method,
    segments: segments.value,
    typeAndOperation: `${resource.value.type}:${rule.operation}`,
    resource: resource.value,
    keyHeader: rule.key_header?.toLowerCase() ?? null,
    allowWriteKeyQuery: rule.allow_write_key_query === true,
  };
}

/** Reads a path template, decoded as it is: what a request could never match is a mistake, not a rule that sleeps. */
function parseTemplate(template: string): Result<readonly string[], string> {
  if (!template.isWellFormed() || /[%?*]/.test(template))
    return refuse('must be plain text: no escapes, no query, no wildcards');
  const path = parseRequestPath(encodeURI(template));
  if (!path.ok) return refuse(`is a path that is always refused (${path.refusal})`);
  const { segments } = path.value;
  if (segments.at(-1) === '') return refuse('must not end in a slash: such a path matches nothing');
  const params = segments.filter(isParam);
  const bad = params.find((param) => !/^:[A-Za-z_][A-Za-z0-9_]*$/.test(param));
  if (bad !== undefined)
    return refuse(`"${bad}" is no parameter: a colon, a letter, then letters, digits and underscores`);
  if (new Set(params).size !== params.length) return refuse('names a parameter twice');
  return ok(segments);
}

function duplicateMistakes(rules: readonly (RouteRule | null)[]): Mistakes {
  const positions = [...rules.entries()].flatMap(([index, rule]) => (rule === null ? [] : [{ index, rule }]));
  return findDuplicateRules(positions.map(({ rule }) => rule)).map(({ index, earlier }) => ({
    pointer: `/rules/${positions[index]?.index}`,
    detail: `matches the same requests as /rules/${positions[earlier]?.index}`,
  }));
}

function mistakesOf(error: z.ZodError, pointer: string): Mistakes {
  return error.issues.flatMap((issue) => {
    const at = [pointer, ...issue.path.map((part) => escapePointer(String(part)))].join('/');
    if (issue.code !== 'unrecognized_keys') return [{ pointer: at, detail: issue.message }];
    return issue.keys.map((key) => ({ pointer: `${at}/${escapePointer(key)}`, detail: 'is no field of this file' }));
  });
}

function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}

function parseJson(text: string): Result<unknown, string> {
  try {
    const value: unknown = JSON.parse(text);
    return ok(value);
  } catch (fault) {
    return refuse(fault instanceof Error ? fault.message : String(fault));
  }
}
