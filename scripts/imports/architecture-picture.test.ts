import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PACKAGE_NAMES, PACKAGE_TABLE } from './rules.ts';

const ARROW = /^ {2}(\w+) --> (\w+)$/gm;

/** The arrows of the first picture in a page, as `from --> to`. */
function arrowsOf(page: string): readonly string[] {
  const picture = /```mermaid\ngraph TD\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  return [...picture.matchAll(ARROW)].map(([, from, to]) => `${from} --> ${to}`).sort();
}

test('the picture in docs/architecture.md shows exactly the arrows that the import check allows', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/architecture.md'), 'utf8');
  const allowed = PACKAGE_NAMES.flatMap((from) =>
    PACKAGE_NAMES.filter((to) => PACKAGE_TABLE[from].packages[to] !== undefined).map((to) => `${from} --> ${to}`),
  );
  expect(arrowsOf(page)).toEqual(allowed.sort());
});
