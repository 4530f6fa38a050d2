import { lineAt, type MaskedSource, maskSource } from '../masked-source.ts';

/** One name taken from a module; `*` for all of it. */
export type ImportedName = { readonly name: string; readonly local: string; readonly isType: boolean };

/** One place where a file takes something from a module. */
export type ImportUse = {
  readonly form: 'import' | 're-export' | 'dynamic';
  /** The module as written, or null when it is computed at run time. */
  readonly specifier: string | null;
  readonly names: readonly ImportedName[];
  readonly line: number;
};

const STATIC = /(?<![.\w$])import\s+(type\s+(?=[\w${*]))?(?<clause>[^"';()]*?)\s*from\s*"(?<text>\d+)"/g;
const SIDE_EFFECT = /(?<![.\w$])import\s*"(?<text>\d+)"/g;
const RE_EXPORT = /(?<![.\w$])export\s+(type\s+)?(?<clause>\*(?:\s*as\s+[\w$]+)?|\{[^}]*\})\s*from\s*"(?<text>\d+)"/g;
const DYNAMIC =
  /(?:\{(?<clause>[^{}]*)\}\s*=\s*await\s+)?(?<![.\w$])(?:import|require)\s*\(\s*(?:"(?<text>\d+)"\s*[,)](?:\s*\.\s*(?<member>[A-Z]\w*))?)?/g;
const EXPORT_LIST = /(?<![.\w$])export\s+(?:type\s+)?\{(?<clause>[^}]*)\}(?!\s*from)/g;

/** Finds every import, re-export and dynamic import of a file, types included. */
export function findImportUses(text: string): readonly ImportUse[] {
  const source = maskSource(text);
  const imports = [...collect(source, STATIC, 'import'), ...collect(source, SIDE_EFFECT, 'import')];
  const reExports = collect(source, RE_EXPORT, 're-export');
  return [...imports, ...reExports, ...collect(source, DYNAMIC, 'dynamic'), ...handedOn(source, imports)];
}

function collect(source: MaskedSource, pattern: RegExp, form: ImportUse['form']): readonly ImportUse[] {
  return [...source.code.matchAll(pattern)].map((match) => {
    const text = match.groups?.['text'];
    return {
      form,
      specifier: text === undefined ? null : (source.strings[Number(text)] ?? null),
      names:
        form === 'dynamic' ? dynamicNames(match) : parseClause(match.groups?.['clause'] ?? '', match[1] !== undefined),
      line: lineAt(source.code, match.index),
    };
  });
}

/** A dynamic import that is not taken apart at once may use anything of the module. */
function dynamicNames(match: RegExpExecArray): readonly ImportedName[] {
  const { member, clause } = match.groups ?? {};
  if (member !== undefined) return [{ name: member, local: member, isType: true }];
  return parseClause(clause === undefined ? '*' : `{${clause}}`, false);
}

/** Reads `a, { b, type c as d }` and `* as e`; a name outside braces is the default export. */
function parseClause(clause: string, onlyTypes: boolean): readonly ImportedName[] {
  const [outside = '', inside = ''] = clause.split(/[{}]/);
  const whole = parseNames(outside, onlyTypes).map((entry) => ({
    ...entry,
    name: entry.name === '*' ? '*' : 'default',
  }));
  return [...whole, ...parseNames(inside, onlyTypes)];
}

/** In `const { b: c } = await import(…)` the colon means what `as` means elsewhere. */
function parseNames(list: string, onlyTypes: boolean): readonly ImportedName[] {
  const parts = list.split(',').map((part) => part.trim());
  return parts
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', local = name] = part.replace(/^type\s+(?=[\w$])/, '').split(/\s+as\s+|\s*:\s*/);
      return { name, local, isType: onlyTypes || /^type\s+[\w$]/.test(part) };
    });
}

/** `import { a } from 'x'; export { a };` hands on as much as `export { a } from 'x'`. */
function handedOn(source: MaskedSource, imports: readonly ImportUse[]): readonly ImportUse[] {
  return [...source.code.matchAll(EXPORT_LIST)].flatMap((match) => {
    const exported = new Set(parseNames(match.groups?.['clause'] ?? '', false).map((entry) => entry.name));
    const line = lineAt(source.code, match.index);
    return imports
      .filter((use) => use.names.some((entry) => exported.has(entry.local)))
      .map((use): ImportUse => ({ ...use, form: 're-export', line }));
  });
}
