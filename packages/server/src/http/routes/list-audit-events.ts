import { parseInstant, parseKeyId } from '@claviger/core';
import { type ListEventsInput, listEvents } from '../../commands/list-events.ts';
import { type Call, type Implementation, reading } from '../call.ts';
import { given } from '../given.ts';
import { pageRequestOf } from '../page-of-list.ts';
import { presentEvent, presentPage } from '../present.ts';

/** `GET /v1/audit-events` (A5). */
export const listAuditEventsRoute: Implementation<'list_audit_events'> = reading({
  run: (deps, { context, query }) =>
    listEvents(deps.commands, context, { ...eventFilterOf(query), page: pageRequestOf(query) }),
  present: (page) => presentPage(page, presentEvent),
});

/** The filters of a query; absent ones do not filter. */
export function eventFilterOf(
  query: Omit<Call<'list_audit_events'>['query'], 'limit' | 'cursor'>,
): Omit<ListEventsInput, 'page'> {
  return {
    ...given('eventName', query.event_name),
    ...given('actorId', query.actor_id),
    ...given('resourceId', query.resource_id),
    ...given('keyId', parseKeyId(query.key_id ?? '')),
    ...given('result', query.result),
    ...given('from', parseInstant(query.from ?? '')),
    ...given('to', parseInstant(query.to ?? '')),
  };
}
