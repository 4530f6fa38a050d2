import { formatUtcDay, parseUserId } from '@claviger/core';
import { countExpiries, type ExpiryCounts } from '../../commands/count-expiries.ts';
import { type Implementation, reading } from '../call.ts';
import { given } from '../given.ts';

/** `GET /v1/expiry-histogram` (K9): how many living keys expire on which day. */
export const readExpiryHistogramRoute: Implementation<'read_expiry_histogram'> = reading({
  run: (deps, { context, query }) =>
    countExpiries(deps.commands, context, {
      days: query.days,
      ...given('ownerId', parseUserId(query.owner_id ?? '')),
      ...given('kind', query.kind),
    }),
  present: ({ days, later, never }) => ({
    object: 'expiry_histogram',
    days: days.map(({ day, counts }) => ({ date: formatUtcDay(day), ...presentCounts(counts) })),
    later: presentCounts(later),
    never: presentCounts(never),
  }),
});

function presentCounts({ master, write_only, inUse }: ExpiryCounts) {
  return { master, write_only, in_use: inUse };
}
