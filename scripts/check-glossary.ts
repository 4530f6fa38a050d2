import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Breach, reportBreaches } from './breach.ts';
import { parseTables } from './markdown-tables.ts';
import { lineAt, type MaskedSource, maskSource } from './masked-source.ts';
import { isTestFile, isTypeScript, listFiles, REPOSITORY } from './source-files.ts';

const GLOSSARY = 'docs/glossary.md';

/** Names that hold a refused word and are wanted all the same; the glossary says why. */
const EXCEPTIONS = new Set(['lapsed']);

const EXPORTED =
  /(?<![.\w$])export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\*?|const|let|class|interface|type)\s+(?<name>[\w$]+)/g;
const EXPORT_LIST = /(?<![.\w$])export\s+(?:type\s+)?\{(?<list>[^}]*)\}/g;
const FIELD = /(?:[{,]|^)\s*(?:readonly\s+)?(?:(?<name>[A-Za-z_$][\w$]*)|"(?<text>\d+)")\??\s*:/gm;

type Name = { readonly name: string; readonly line: number };

/** Finds refused words in exported names of all packages and in the fields of the wire. */
export function checkGlossary(root: string): readonly Breach[] {
  if (!existsSync(join(root, GLOSSARY))) return [breach(GLOSSARY, null, 'this file is missing')];
  const refused = refusedWords(readFileSync(join(root, GLOSSARY), 'utf8'));
  if (refused.length === 0) return [breach(GLOSSARY, null, 'no table has a column "not" with words in *italics*')];
  return sourceFiles(root).flatMap((path) => {
    const source = maskSource(readFileSync(join(root, path), 'utf8'));
    const fields = path.startsWith('packages/contract/') ? fieldNames(source) : [];
    return [...exportedNames(source), ...fields].flatMap(({ name, line }) => {
      const word = EXCEPTIONS.has(name) ? undefined : refused.find((entry) => holdsWord(name, entry));
      return word === undefined
        ? []
        : [breach(path, line, `"${name}" holds "${word}": see ${GLOSSARY} for the word to use`)];
    });
  });
}

function sourceFiles(root: string): readonly string[] {
  return listFiles(root, 'packages').filter((path) => isTypeScript(path) && !isTestFile(path));
}

/** The words in italics of every column headed "not". */
function refusedWords(markdown: string): readonly string[] {
  return parseTables(markdown).flatMap((table) =>
    table.rows.flatMap((row) => [...(row.cells['not'] ?? '').matchAll(/\*(\w+)\*/g)].map((match) => match[1] ?? '')),
  );
}

/** Compares word by word, and by the stem, so that `mintedAt` holds "mint" but `comintern` does not. */
function holdsWord(name: string, word: string): boolean {
  const stem = word.replace(/e$/, '');
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z]+/);
  return words.some((part) => part.startsWith(stem));
}

function exportedNames(source: MaskedSource): readonly Name[] {
  const single = [...source.code.matchAll(EXPORTED)].map((match) => named(source, match, match.groups?.['name'] ?? ''));
  const listed = [...source.code.matchAll(EXPORT_LIST)].flatMap((match) =>
    (match.groups?.['list'] ?? '').split(',').map((part) =>
      named(
        source,
        match,
        part
          .split(/\sas\s/)
          .at(-1)
          ?.trim() ?? '',
      ),
    ),
  );
  return [...single, ...listed];
}

function fieldNames(source: MaskedSource): readonly Name[] {
  return [...source.code.matchAll(FIELD)].map((match) => {
    const { name, text } = match.groups ?? {};
    return named(source, match, name ?? source.strings[Number(text)] ?? '');
  });
}

function named(source: MaskedSource, match: RegExpExecArray, name: string): Name {
  const start = match.index + match[0].length - match[0].trimStart().length;
  return { name, line: lineAt(source.code, start) };
}

function breach(path: string, line: number | null, message: string): Breach {
  return { rule: 'glossary', path, line, message };
}

if (import.meta.main) reportBreaches('glossary', checkGlossary(REPOSITORY));
