import type { Route } from '../route.ts';
import { listOf, pageQuery } from '../schemas/page.ts';
import { undeliveredMailObject } from '../schemas/undelivered-mails.ts';
import { FOR_ADMINISTRATIVE } from './shared.ts';

/** Mails that do not arrive (R7). */
export const MAIL_ROUTES = {
  list_undelivered_mails: {
    ...FOR_ADMINISTRATIVE,
    method: 'GET',
    path: '/v1/undelivered-mails',
    group: 'Settings',
    summary: 'List mails that did not arrive',
    description:
      'Mails that were given up, were tried in vain, or are due for more than five minutes, newest first. ' +
      'Mails that were given up are listed for 30 days.',
    query: pageQuery,
    answer: { status: 200, schema: listOf(undeliveredMailObject) },
    problems: ['bad_cursor'],
  },
} as const satisfies Record<string, Route>;
