import { parseTables } from '../markdown-tables.ts';

/** How far a rule of the product is kept. */
export const RULE_STATES = ['kept', 'partly', 'planned'] as const;

/** One rule as `docs/rules.md` lists it. */
export type RuleRow = {
  readonly number: string;
  readonly state: string;
  /** The generated cell: the files whose tests name the rule. */
  readonly tests: string;
  readonly line: number;
};

/** A rule number: the letter of its chapter and its place there. */
export const RULE_NUMBER = /\b[KERXUPAITD]\d{1,2}\b/g;

/** Reads the rows `| K6 | text | kept | tests |` of all tables; tables with anything else in the first column are left out. */
export function parseRuleRows(markdown: string): readonly RuleRow[] {
  return parseTables(markdown).flatMap((table) =>
    table.rows.flatMap((row) => {
      const [number = '', , state = '', tests = ''] = table.headers.map((header) => row.cells[header] ?? '');
      return /^[A-Z]\d{1,2}$/.test(number) ? [{ number, state, tests, line: row.line }] : [];
    }),
  );
}

/** Puts `tests` into the fourth cell of a row; a cell that is missing is added. */
export function withTests(line: string, tests: string): string {
  const cells = line
    .trim()
    .replaceAll(/^\||\|$/g, '')
    .split(/(?<!\\)\|/);
  const kept = [0, 1, 2].map((column) => (cells[column] ?? '').trim());
  return `| ${[...kept, tests].join(' | ')} |`.replace(/ {2}\|$/, ' |');
}
