/**
 * TypeScript text in which nothing but code is left: comments and regular expressions are blank, every string stands as
 * `"<n>"`, its text at index n of `strings`. Searching it cannot find an import inside a comment or a string.
 * Lines keep their numbers. Written by hand because TypeScript 7 offers no parser to JavaScript programs.
 */
export type MaskedSource = { readonly code: string; readonly strings: readonly string[] };

type Scan = { readonly text: string; at: number; code: string; readonly strings: string[] };

/** After one of these a `/` begins a regular expression, after anything else it divides. */
const BEFORE_REGEX = /(?:^|[([{}=,;:!&|?+\-*%<>~^]|\b(?:return|typeof|case|in|of|void|throw|await|yield|else))$/;

/** Masks a whole file. Never throws: text that is no TypeScript comes out as some masked text. */
export function maskSource(text: string): MaskedSource {
  const scan: Scan = { text, at: 0, code: '', strings: [] };
  while (scan.at < text.length) scanCode(scan, null);
  return { code: scan.code, strings: scan.strings };
}

/** The line, counted from 1, of an index in masked code. */
export function lineAt(code: string, index: number): number {
  return code.slice(0, index).split('\n').length;
}

function scanCode(scan: Scan, end: '}' | null): void {
  let depth = 0;
  while (scan.at < scan.text.length) {
    const char = scan.text.charAt(scan.at);
    if (end !== null && char === end && depth === 0) return;
    if (char === '{') depth += 1;
    if (char === '}') depth -= 1;
    scanOne(scan, char);
  }
}

function scanOne(scan: Scan, char: string): void {
  if (char === '/' && scan.text.charAt(scan.at + 1) === '/') return blank(scan, /[^\n]*/y);
  if (char === '/' && scan.text.charAt(scan.at + 1) === '*') return blank(scan, /\/\*[\s\S]*?(?:\*\/|$)/y);
  if (char === '/' && BEFORE_REGEX.test(scan.code.slice(-40).trimEnd())) {
    return blank(scan, /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*|\//y);
  }
  if (char === "'" || char === '"') return scanString(scan, char);
  if (char === '`') return scanTemplate(scan);
  scan.code += char;
  scan.at += 1;
}

function blank(scan: Scan, pattern: RegExp): void {
  pattern.lastIndex = scan.at;
  const found = pattern.exec(scan.text)?.[0] ?? scan.text.charAt(scan.at);
  scan.code += found.replaceAll(/[^\n]/g, ' ');
  scan.at += found.length;
}

function scanString(scan: Scan, quote: string): void {
  const pattern = quote === "'" ? /'((?:\\.|[^'\\\n])*)'/y : /"((?:\\.|[^"\\\n])*)"/y;
  pattern.lastIndex = scan.at;
  const found = pattern.exec(scan.text);
  // An apostrophe in the text of a page opens no string.
  if (found === null) return blank(scan, /./y);
  keep(scan, unescape(found[1] ?? ''));
  scan.at += found[0].length;
}

/** A template stands as its text without the substitutions, followed by `+(…)` for each of them. */
function scanTemplate(scan: Scan): void {
  const index = scan.strings.push('') - 1;
  scan.code += `"${index}"`;
  scan.at += 1;
  while (scan.at < scan.text.length && scan.text.charAt(scan.at) !== '`') {
    if (scan.text.startsWith('${', scan.at)) {
      scanSubstitution(scan);
      continue;
    }
    const length = scan.text.charAt(scan.at) === '\\' ? 2 : 1;
    const part = scan.text.slice(scan.at, scan.at + length);
    scan.strings[index] += unescape(part);
    if (part === '\n') scan.code += '\n';
    scan.at += length;
  }
  scan.at += 1;
}

function scanSubstitution(scan: Scan): void {
  scan.at += 2;
  scan.code += '+(';
  scanCode(scan, '}');
  scan.code += ')';
  scan.at += 1;
}

function keep(scan: Scan, text: string): void {
  scan.code += `"${scan.strings.push(text) - 1}"`;
}

function unescape(text: string): string {
  return text.replaceAll(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|([^]))/gi,
    (_all, hex?: string, unit?: string, char?: string) => {
      const code = hex ?? unit;
      return code === undefined ? (char ?? '') : String.fromCharCode(Number.parseInt(code, 16));
    },
  );
}
