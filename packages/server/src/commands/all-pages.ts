import { PAGE_LARGEST } from '@claviger/core';
import type { Page, PageRequest } from '@claviger/storage';

/** Reads a list to its end, page by page; for lists that a limit or a single user bounds. */
export async function allPages<T>(readPage: (page: PageRequest) => Promise<Page<T>>): Promise<readonly T[]> {
  const items: T[] = [];
  let page = await readPage({ cursor: null, limit: PAGE_LARGEST });
  items.push(...page.items);
  while (page.nextCursor !== null) {
    page = await readPage({ cursor: page.nextCursor, limit: PAGE_LARGEST });
    items.push(...page.items);
  }
  return items;
}
