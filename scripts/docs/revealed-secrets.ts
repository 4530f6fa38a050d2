import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Breach } from '../breach.ts';
import { parseTables } from '../markdown-tables.ts';
import { lineAt, maskSource } from '../masked-source.ts';
import { isTestFile, isTypeScript, listFiles } from '../source-files.ts';

const POLICY = 'SECURITY.md';
const HEADING = '## Places that reveal a secret';

/** Compares the files that call `.reveal()` with the table in SECURITY.md: each has the other. */
export function findUnlistedReveals(root: string): readonly Breach[] {
  if (!existsSync(join(root, POLICY)))
    return [{ rule: 'reveal', path: POLICY, line: null, message: 'this file is missing' }];
  const listed = listedFiles(readFileSync(join(root, POLICY), 'utf8'));
  const revealing = revealingFiles(root);
  return [
    ...[...revealing]
      .filter(([path]) => !listed.has(path))
      .map(([path, line]) => ({
        rule: 'reveal',
        path,
        line,
        message: `reveals a secret and is not listed in ${POLICY}`,
      })),
    ...[...listed]
      .filter(([path]) => !revealing.has(path))
      .map(([path, line]) => ({ rule: 'reveal', path: POLICY, line, message: `${path} reveals no secret any more` })),
  ];
}

/** Files that call `.reveal()`, each with the line of the first call. */
function revealingFiles(root: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const path of listFiles(root, 'packages').filter((entry) => isTypeScript(entry) && !isTestFile(entry))) {
    const { code } = maskSource(readFileSync(join(root, path), 'utf8'));
    const call = /\.\s*reveal\b(?!\s*\(\s*\)\s*:)/.exec(code);
    if (call !== null) found.set(path, lineAt(code, call.index));
  }
  return found;
}

/** The files in the first column of the table under the heading, each with its line. */
function listedFiles(markdown: string): ReadonlyMap<string, number> {
  const start = markdown.indexOf(HEADING);
  if (start < 0) return new Map();
  const before = lineAt(markdown, start) - 1;
  const section = markdown.slice(start).split(/\n(?=## )/)[0] ?? '';
  return new Map(
    parseTables(section).flatMap((table) =>
      table.rows.flatMap((row) => {
        const path = /`([^`]+)`/.exec(row.cells[table.headers[0] ?? ''] ?? '')?.[1];
        return path === undefined ? [] : [[path, before + row.line] as const];
      }),
    ),
  );
}
