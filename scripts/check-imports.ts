import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Breach, reportBreaches } from './breach.ts';
import { findCircles } from './imports/circles.ts';
import { findImportUses } from './imports/import-uses.ts';
import { judgeUse, packageOf, relativeTarget } from './imports/judge-use.ts';
import { findMissingReferences } from './imports/references.ts';
import { IMPORT_RULES, type ImportRule } from './imports/rules.ts';
import { isTypeScript, listFiles, REPOSITORY } from './source-files.ts';

/** Holds every import of every package against the table in `imports/rules.ts`. */
export function checkImports(root: string): readonly Breach[] {
  const paths = listFiles(root, 'packages').filter(
    (path) => /^packages\/[^/]+\/src\//.test(path) && isTypeScript(path),
  );
  const graph = new Map<string, readonly string[]>();
  const breaches = paths.flatMap((path) => {
    const uses = findImportUses(readFileSync(join(root, path), 'utf8'));
    graph.set(path, [...new Set(uses.flatMap((use) => relativeTarget(path, use.specifier ?? '') ?? []))]);
    const owner = packageOf(path);
    if (owner === null) return [breach('unknown-package', path, null, 'this package has no row in the table')];
    return uses.flatMap((use) =>
      judgeUse({ path, owner, use }).map(({ rule, message }) => breach(rule, path, use.line, message)),
    );
  });
  const circles = findCircles(graph).map((circle) => breach('circle', circle[0] ?? null, null, circle.join(' → ')));
  const references = findMissingReferences(root).map(({ path, dependency }) =>
    breach('reference', path, null, `${dependency} is missing from "references"`),
  );
  return [...breaches, ...circles, ...references];
}

function breach(rule: ImportRule, path: string | null, line: number | null, message: string): Breach {
  return { rule, path, line, message: `${message}. ${IMPORT_RULES[rule]}` };
}

if (import.meta.main) reportBreaches('imports', checkImports(REPOSITORY));
