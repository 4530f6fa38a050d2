import { listSessions } from '../../commands/list-sessions.ts';
import { type Implementation, reading } from '../call.ts';
import { pageOf } from '../page-of-list.ts';
import { presentPage, presentSession } from '../present.ts';

/** `GET /v1/sessions` (U7): the caller's own sessions. */
export const listSessionsRoute: Implementation<'list_sessions'> = reading({
  run: async (deps, { context, query }) => {
    const listed = await listSessions(deps.commands, context);
    if (!listed.ok) return listed;
    const page = pageOf(listed.value.sessions, query);
    return page.ok ? { ok: true, value: { ...listed.value, page: page.value } } : page;
  },
  present: ({ page, ...at }) => presentPage(page, (session) => presentSession(session, at)),
});
