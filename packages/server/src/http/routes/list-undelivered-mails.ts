import { listUndeliveredMails } from '../../commands/list-undelivered-mails.ts';
import { type Implementation, reading } from '../call.ts';
import { pageRequestOf } from '../page-of-list.ts';
import { presentPage } from '../present.ts';
import { presentUndeliveredMail } from '../present-mails.ts';

/** `GET /v1/undelivered-mails` (R7). */
export const listUndeliveredMailsRoute: Implementation<'list_undelivered_mails'> = reading({
  run: (deps, { context, query }) => listUndeliveredMails(deps.commands, context, pageRequestOf(query)),
  present: (page) => presentPage(page, presentUndeliveredMail),
});
