import { existsSync, readdirSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

/** The root of this repository. */
export const REPOSITORY = resolve(import.meta.dirname, '..');

/** Folders that hold nothing written by hand. */
const SKIPPED_FOLDERS = new Set(['.git', '.results', '.types', 'coverage', 'data', 'dist', 'node_modules']);

/** Lists the files under `folder` (relative to `root`, with `/`), sorted, leaving out what tools made. */
export function listFiles(root: string, folder = '.'): readonly string[] {
  const start = join(root, folder);
  if (!existsSync(start)) return [];
  const found: string[] = [];
  const waiting = [start];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const entry of readdirSync(next, { withFileTypes: true })) {
      if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) waiting.push(join(next, entry.name));
      if (entry.isFile()) found.push(relative(root, join(next, entry.name)).split(sep).join('/'));
    }
  }
  return found.toSorted();
}

/** Whether a file is TypeScript written by hand. */
export function isTypeScript(path: string): boolean {
  return /\.tsx?$/.test(path) && !path.endsWith('.d.ts');
}

/** Whether a file holds tests, or what they share: these may know more than the code they test. */
export function isTestFile(path: string): boolean {
  return /\.(test|e2e)\.tsx?$/.test(path) || /\/(contract-tests|testing|test-support)\//.test(path);
}
