import { type Result, ok, refuse } from '@claviger/core';

/** Where a resource's name comes from: fixed texts and segments of the path, by their position. */
export type ResourceTemplate = {
  readonly type: string;
  readonly parts: readonly ResourcePart[];
};

/** A fixed text, or the segment at a position; `endsBefore` is the character that follows it in the name. */
export type ResourcePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'segment'; readonly index: number; readonly endsBefore: string | null };

const PARAM = /:([A-Za-z_][A-Za-z0-9_]*)/g;

/**
 * Reads `type:` and a text with `:param` placeholders; `database::database` is type `database`, name from parameter
 * `database`. Answers in words what is wrong: an unknown parameter, or two without a text between them, whose values
 * could not be told apart in the name.
 */
export function parseResourceTemplate(text: string, segments: readonly string[]): Result<ResourceTemplate, string> {
  const match = /^([^:]+):(.+)$/s.exec(text);
  if (match === null) return refuse('must be a resource type, a colon, and a name, for example "database::database"');
  const [, type = '', name = ''] = match;
  const parts: ResourcePart[] = [];
  let end = 0;
  for (const param of name.matchAll(PARAM)) {
    if (param.index > end) parts.push({ kind: 'text', text: name.slice(end, param.index) });
    else if (end > 0) return refuse(`"${param[0]}" needs a text between it and the parameter before it`);
    const index = segments.indexOf(param[0]);
    if (index === -1) return refuse(`the path has no parameter "${param[0]}"`);
    end = param.index + param[0].length;
    parts.push({ kind: 'segment', index, endsBefore: name.charAt(end) || null });
  }
  if (end < name.length) parts.push({ kind: 'text', text: name.slice(end) });
  return ok({ type, parts });
}

/**
 * The name of the resource that a path is about. Null when a segment holds the character that separates it from what
 * follows: `a.b` and `c` in `:database.:table` would else name the table `b.c` of database `a` (D9).
 */
export function resourceNameOf(template: ResourceTemplate, segments: readonly string[]): string | null {
  let name = '';
  for (const part of template.parts) {
    if (part.kind === 'text') name += part.text;
    else {
      const value = segments[part.index] ?? '';
      if (part.endsBefore !== null && value.includes(part.endsBefore)) return null;
      name += value;
    }
  }
  return name;
}
