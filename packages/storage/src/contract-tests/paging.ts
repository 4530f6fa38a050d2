import { expect } from 'vitest';
import { isCursor } from '../cursor.ts';
import type { Page, PageRequest } from '../store.ts';

/** Everything on all pages of a list. */
export async function allPages<T>(list: (page: PageRequest) => Promise<Page<T>>, limit: number): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await list({ cursor, limit });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    items.push(...page.items);
    cursor = page.nextCursor;
    if (cursor !== null) expect(isCursor(cursor)).toBe(true);
  } while (cursor !== null);
  return items;
}
