import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Tables } from './schema.ts';

/** One condition of a filter on a list. */
export type Condition = {
  /** Whether the row at hand meets it. Written so that no index is taken for it where the list's own order is to be kept. */
  readonly isMet: RawBuilder<boolean>;
  /** At least all `id`s that meet it, by an index of their own; null when there is none, or none is needed. */
  readonly ids: RawBuilder<unknown> | null;
};

/** Rows. Up to so many matches are sorted for every page; more than that are found by walking the list itself. */
const FEW = 2_000;

/**
 * A condition that few rows meet, if there is one. Neither way of finding a page is good for every condition: walking the
 * newest rows until enough of them fit takes for ever when few do, and sorting all that fit does when many do. An index
 * tells in a millisecond whether they are few, and unlike a planner's guess it does not depend on statistics.
 */
export async function fewest(db: Kysely<Tables>, conditions: readonly Condition[]): Promise<Condition | null> {
  for (const condition of conditions) {
    if (condition.ids === null) continue;
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from (select id from (${condition.ids}) as met limit ${FEW + 1}) as few`.execute(db);
    if ((rows[0]?.count ?? 0) <= FEW) return condition;
  }
  return null;
}
