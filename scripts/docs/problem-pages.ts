import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Breach } from '../breach.ts';
import { listFiles } from '../source-files.ts';

const SOURCE = 'packages/contract/src/problems.ts';
const FOLDER = 'docs/problems';

/** Compares the codes of `PROBLEMS` with the pages in `docs/problems/`: each has the other. */
export async function findProblemPageGaps(root: string): Promise<readonly Breach[]> {
  if (!existsSync(join(root, SOURCE))) return [breach(SOURCE, 'this file is missing')];
  const codes = await problemCodes(join(root, SOURCE));
  if (codes === null) return [breach(SOURCE, 'no exported object PROBLEMS with at least one code')];
  const pages = listFiles(root, FOLDER).map((path) => path.slice(FOLDER.length + 1));
  const wanted = new Set(codes.map((code) => `${code}.md`));
  return [
    ...[...wanted]
      .filter((page) => !pages.includes(page))
      .map((page) => breach(`${FOLDER}/${page}`, 'this page is missing')),
    ...pages
      .filter((page) => page !== 'README.md' && !wanted.has(page))
      .map((page) => breach(`${FOLDER}/${page}`, 'no problem has this code')),
  ];
}

async function problemCodes(file: string): Promise<readonly string[] | null> {
  const exported = (await import(pathToFileURL(file).href)) as { readonly PROBLEMS?: unknown };
  const problems = exported.PROBLEMS;
  if (typeof problems !== 'object' || problems === null) return null;
  const codes = Object.keys(problems);
  return codes.length === 0 ? null : codes;
}

function breach(path: string, message: string): Breach {
  return { rule: 'problem-page', path, line: null, message };
}
