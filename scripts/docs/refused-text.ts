import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Breach } from '../breach.ts';
import { isTypeScript, listFiles } from '../source-files.ts';

type Refused = { readonly pattern: RegExp; readonly message: string; readonly concerns: (path: string) => boolean };

/** Patterns are put together from parts, so that this file does not hold what it refuses. */
const REFUSED: readonly Refused[] = [
  {
    pattern: new RegExp(['\\.\\.', 'shared'].join('/')),
    message: 'a path outside this repository means nothing to whoever clones it',
    concerns: () => true,
  },
  {
    pattern: new RegExp(['(?<![\\w.-])', 'work', ''].join('/')),
    message: 'a path of one machine means nothing on another',
    concerns: () => true,
  },
  {
    pattern: new RegExp(`\\b${'TO'}DO\\b(?!\\(#\\d+\\))`),
    message: 'name the open issue, as in (#123), or do it now',
    concerns: isTypeScript,
  },
  { pattern: new RegExp(`\\b${'FIX'}ME\\b`), message: 'fix it, or open an issue', concerns: isTypeScript },
];

/** Finds texts that have no place in a file of this repository. */
export function findRefusedText(root: string): readonly Breach[] {
  return listFiles(root).flatMap((path) => {
    const patterns = REFUSED.filter((entry) => entry.concerns(path));
    const lines = readFileSync(join(root, path), 'latin1').split('\n');
    return lines.flatMap((text, index) =>
      patterns
        .filter((entry) => entry.pattern.test(text))
        .map((entry) => ({ rule: 'refused-text', path, line: index + 1, message: entry.message })),
    );
  });
}
