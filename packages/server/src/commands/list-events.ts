import { type AuditEvent, isAdministrative, ok } from '@claviger/core';
import type { EventFilter, Page, PageRequest } from '@claviger/storage';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';

/** Absent filters do not filter. */
export type ListEventsInput = Omit<EventFilter, 'accountId' | 'visibleTo'> & { readonly page: PageRequest };

/** Lists audit events, newest first: all for administrators, those about themselves and their keys for others (A5). */
export function listEvents(
  deps: Pick<CommandDeps, 'read'>,
  context: CommandContext,
  input: ListEventsInput,
): Outcome<Page<AuditEvent>> {
  return readAs(deps, context, async ({ user, account }, reader) => {
    const { page, ...narrower } = input;
    const visibleTo = isAdministrative(user.userType) ? null : user.id;
    return ok(await reader.events.list({ ...narrower, accountId: account.id, visibleTo }, page));
  });
}
