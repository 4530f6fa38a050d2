import { type RawBuilder, sql } from 'kysely';
import type { Dialect } from './dialect.ts';

/**
 * Whether a column is one of any number of texts. They travel as one JSON parameter: a list of tens of thousands would
 * pass the engines' limit of parameters, and every length would be a statement of its own.
 */
export function isOneOf(dialect: Dialect, column: string, texts: readonly string[]): RawBuilder<boolean> {
  const [only] = texts;
  if (only !== undefined && texts.length === 1) return sql<boolean>`${sql.ref(column)} = ${only}`;
  const json = JSON.stringify(texts);
  return dialect === 'sqlite'
    ? sql<boolean>`${sql.ref(column)} in (select value from json_each(${json}))`
    : sql<boolean>`${sql.ref(column)} in (select json_array_elements_text(${json}::json))`;
}
