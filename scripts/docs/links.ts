import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Breach } from '../breach.ts';
import { listFiles } from '../source-files.ts';

const LINK = /\[[^\]]*\]\((?<inline>[^)\s]+)[^)]*\)|^\[[^\]]+\]:\s*(?<reference>\S+)/g;

/** Finds relative links and pictures in Markdown files that lead nowhere. Code blocks and `code` are not looked at. */
export function findBrokenLinks(root: string): readonly Breach[] {
  return listFiles(root)
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) =>
      withoutCode(readFileSync(join(root, path), 'utf8')).flatMap((text, index) =>
        [...text.matchAll(LINK)]
          .map((match) => match.groups?.['inline'] ?? match.groups?.['reference'] ?? '')
          .filter((target) => leadsNowhere(root, path, target))
          .map((target) => ({ rule: 'link', path, line: index + 1, message: `${target} does not exist` })),
      ),
    );
}

function leadsNowhere(root: string, path: string, target: string): boolean {
  if (/^(?:[a-z][a-z\d+.-]*:|#|\/\/)/i.test(target)) return false;
  const file = decodeURIComponent(target.replace(/[#?].*$/, ''));
  return !existsSync(file.startsWith('/') ? join(root, file) : join(root, dirname(path), file));
}

/** The lines of a text, those inside a fenced block emptied, so that line numbers stay. */
function withoutCode(markdown: string): readonly string[] {
  let fence: string | null = null;
  return markdown.split('\n').map((line) => {
    const mark = /^\s*(```+|~~~+)/.exec(line)?.[1] ?? null;
    if (mark !== null && (fence === null || mark.startsWith(fence))) {
      fence = fence === null ? mark : null;
      return '';
    }
    return fence === null ? line.replaceAll(/`[^`]*`/g, '') : '';
  });
}
