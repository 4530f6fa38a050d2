import { ok, refuse, type Result } from '@claviger/core';
import type { Page, PageRequest } from '@claviger/storage';
import type { HttpRefusal } from './http-refusal.ts';

/** A page as a query asks for it. */
export type AskedPage = { readonly limit: number; readonly cursor?: string };

/** Which page of a stored list is asked for. */
export function pageRequestOf({ limit, cursor }: AskedPage): PageRequest {
  return { limit, cursor: cursor ?? null };
}

/** A page of a list that is at hand as a whole: its cursor is the id of the last item shown. */
export function pageOf<T extends { readonly id: string }>(
  items: readonly T[],
  { limit, cursor }: AskedPage,
): Result<Page<T>, HttpRefusal> {
  const start = cursor === undefined ? 0 : items.findIndex((item) => item.id === cursor) + 1;
  if (cursor !== undefined && start === 0) return refuse({ kind: 'bad-cursor' });
  const shown = items.slice(start, start + limit);
  const isLast = start + limit >= items.length;
  return ok({ items: shown, nextCursor: isLast ? null : (shown.at(-1)?.id ?? null) });
}
