import { instant, MAIL_OVERDUE_MS, ok } from '@claviger/core';
import type { Page, PageRequest, UndeliveredMail } from '@claviger/storage';
import { requireAdministrator } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';

/** Lists the account's mails that did not arrive, newest first, to administrators (R7). */
export function listUndeliveredMails(
  deps: Pick<CommandDeps, 'read'>,
  context: CommandContext,
  page: PageRequest,
): Outcome<Page<UndeliveredMail>> {
  return readAs(deps, context, async (acting, reader) => {
    const allowed = requireAdministrator(acting);
    if (!allowed.ok) return allowed;
    const overdueSince = instant(Math.max(0, acting.now - MAIL_OVERDUE_MS));
    return ok(await reader.outbox.listUndelivered(acting.account.id, overdueSince, page));
  });
}
