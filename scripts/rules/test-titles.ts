import { type MaskedSource, maskSource } from '../masked-source.ts';

const CALL = /(?<![.\w$])(?:test|it|describe|suite)(?:\.\w+)*\s*(?=\()/g;
const TITLE_FIELD = /(?<![.\w$])title:\s*"(?<text>\d+)"/g;

/**
 * The titles of the tests and groups of a file, and of the rows of its tables (`title: '…'`): whatever a report prints.
 * A title put together at run time counts with the parts that stand in the file.
 */
export function findTestTitles(text: string): readonly string[] {
  const source = maskSource(text);
  const calls = [...source.code.matchAll(CALL)].flatMap((match) => titleOfCall(source, match.index + match[0].length));
  const fields = [...source.code.matchAll(TITLE_FIELD)].flatMap((match) => textAt(source, match.groups?.['text']));
  return [...calls, ...fields];
}

/** `test('title', …)` has its title in the first brackets, `test.each(rows)('title', …)` in the second. */
function titleOfCall(source: MaskedSource, open: number): readonly string[] {
  const first = /^\(\s*"(\d+)"/.exec(source.code.slice(open));
  if (first !== null) return textAt(source, first[1]);
  const second = /^\(\s*"(\d+)"/.exec(source.code.slice(closingBracket(source.code, open) + 1));
  return textAt(source, second?.[1]);
}

function closingBracket(code: string, open: number): number {
  let depth = 0;
  for (let index = open; index < code.length; index += 1) {
    if (code.charAt(index) === '(') depth += 1;
    if (code.charAt(index) === ')') depth -= 1;
    if (depth === 0) return index;
  }
  return code.length;
}

function textAt(source: MaskedSource, index: string | undefined): readonly string[] {
  const text = index === undefined ? undefined : source.strings[Number(index)];
  return text === undefined ? [] : [text];
}
