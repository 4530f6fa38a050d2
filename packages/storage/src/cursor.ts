import { Buffer } from 'node:buffer';
import { StoreFault } from './faults.ts';
import type { Page, PageRequest } from './store.ts';

/** Where a list goes on: after the item that was made at `at` and has this id. Events count by version instead of time. */
export type Place = { readonly at: number; readonly id: string };

const PLACE = /^(\d{1,15})\.([0-9A-Za-z_]{0,64})$/;

/** Whether a text is a cursor that a list may have given out; ask it at the edge, where a bad one is a 400. */
export function isCursor(text: string): boolean {
  return placeFrom(text) !== null;
}

/** The place a page request starts after, or null for the first page; throws `bad-cursor` on a text of other making. */
export function placeOf(page: PageRequest): Place | null {
  if (page.cursor === null) return null;
  const place = placeFrom(page.cursor);
  if (place === null) throw badCursor();
  return place;
}

/** The fault of a cursor that no list gave out. */
export function badCursor(): StoreFault {
  return new StoreFault('bad-cursor', 'the cursor was not given out by this list');
}

/** Makes a page of rows of which one more than `limit` were asked for: the one too many only tells that there is more. */
export function pageOf<T>(items: readonly T[], limit: number, place: (item: T) => Place): Page<T> {
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor = items.length > limit && last !== undefined ? textOf(place(last)) : null;
  return { items: shown, nextCursor };
}

function textOf(place: Place): string {
  return Buffer.from(`${place.at}.${place.id}`, 'latin1').toString('base64url');
}

function placeFrom(text: string): Place | null {
  if (!/^[\w-]{1,120}$/.test(text)) return null;
  const match = PLACE.exec(Buffer.from(text, 'base64url').toString('latin1'));
  return match === null ? null : { at: Number(match[1]), id: match[2] ?? '' };
}
