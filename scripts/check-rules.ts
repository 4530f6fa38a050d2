import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Breach, reportBreaches } from './breach.ts';
import { parseRuleRows, RULE_NUMBER, RULE_STATES, type RuleRow, withTests } from './rules/rule-rows.ts';
import { findTestTitles } from './rules/test-titles.ts';
import { isTestFile, listFiles, REPOSITORY } from './source-files.ts';

const RULES = 'docs/rules.md';

/** The tests of these scripts plant rule numbers; they keep no rule of the product. */
const WITHOUT_RULES = 'scripts/';

type Citations = ReadonlyMap<string, readonly string[]>;

/** Holds the states in `docs/rules.md` against the tests: a rule is kept only where a test names it. */
export function checkRules(root: string): readonly Breach[] {
  if (!existsSync(join(root, RULES)))
    return [breach(RULES, null, 'this file is missing: no rule is claimed to be kept')];
  const rows = parseRuleRows(readFileSync(join(root, RULES), 'utf8'));
  if (rows.length === 0) return [breach(RULES, null, 'no row of the form | K1 | text | kept | tests |')];
  const citations = findCitations(root);
  const known = new Set(rows.map((row) => row.number));
  const unknown = [...citations].filter(([number]) => !known.has(number));
  return [
    ...rows.flatMap((row, index) => judgeRow(row, citations, rows.slice(0, index))),
    ...unknown.map(([number, files]) =>
      breach(files[0] ?? RULES, null, `a test names ${number}, which ${RULES} lacks`),
    ),
  ];
}

/** Writes the files that name each rule into the fourth column of `docs/rules.md`. */
export function writeRuleTests(root: string): void {
  const markdown = readFileSync(join(root, RULES), 'utf8');
  const citations = findCitations(root);
  const lines = markdown.split('\n');
  for (const row of parseRuleRows(markdown)) {
    lines[row.line - 1] = withTests(lines[row.line - 1] ?? '', testsCell(citations.get(row.number) ?? []));
  }
  writeFileSync(join(root, RULES), lines.join('\n'));
}

function judgeRow(row: RuleRow, citations: Citations, before: readonly RuleRow[]): readonly Breach[] {
  const files = citations.get(row.number) ?? [];
  const messages: string[] = [];
  if (before.some((other) => other.number === row.number)) messages.push(`${row.number} is listed twice`);
  if (!RULE_STATES.some((state) => state === row.state)) {
    messages.push(`${row.number} is "${row.state}"; a rule is ${RULE_STATES.join(', ')}`);
  }
  if (row.state === 'kept' && files.length === 0)
    messages.push(`${row.number} is said to be kept, but no test names it`);
  if (row.tests !== testsCell(files))
    messages.push(`${row.number}: the list of tests is out of date: npm run docs:rules`);
  return messages.map((message) => breach(RULES, row.line, message));
}

/** For each rule number the files whose test titles name it. */
function findCitations(root: string): Citations {
  const found = new Map<string, readonly string[]>();
  for (const path of listFiles(root).filter((entry) => isTestFile(entry) && !entry.startsWith(WITHOUT_RULES))) {
    const titles = findTestTitles(readFileSync(join(root, path), 'utf8')).join('\n');
    for (const number of new Set(titles.match(RULE_NUMBER) ?? []))
      found.set(number, [...(found.get(number) ?? []), path]);
  }
  return found;
}

/** Links from `docs/` to the files, named as briefly as is clear. */
function testsCell(files: readonly string[]): string {
  return files
    .map(
      (path) =>
        `[${path
          .replace(/^packages\//, '')
          .replace('/src/', '/')
          .replace(/\.ts$/, '')}](../${path})`,
    )
    .join(', ');
}

function breach(path: string, line: number | null, message: string): Breach {
  return { rule: 'rules', path, line, message };
}

if (import.meta.main && process.argv[2] === '--write') writeRuleTests(REPOSITORY);
if (import.meta.main) reportBreaches('rules', checkRules(REPOSITORY));
