import { formatInstant } from '@claviger/core';
import type { UrlMistake } from '../../outbound/outbound-url.ts';
import type { WebhookRefusal } from '../../refusal.ts';
import { type WordsOf, words } from './problem-words.ts';

/** Refusals of webhooks (R8, Q33). */
export const WEBHOOK_WORDS: WordsOf<WebhookRefusal> = {
  'webhook-url-not-allowed': ({ pointer, mistake }) =>
    words(
      'webhook_url_not_allowed',
      'Webhooks go to public addresses, over https; `errors` says what is wrong with this URL.',
      { errors: [{ pointer, ...URL_WORDS[mistake] }] },
    ),
  'webhook-disabled': ({ since }) =>
    words(
      'webhook_disabled',
      `The webhook is disabled since ${formatInstant(since)} and sends nothing. Enable it first.`,
      {},
    ),
};

const URL_WORDS: Readonly<Record<UrlMistake, { readonly code: string; readonly detail: string }>> = {
  'not-a-url': { code: 'wrong_format', detail: 'must be an https:// URL' },
  'not-https': {
    code: 'not_https',
    detail: 'must be https; plain http is for addresses that the operator names in CLAVIGER_OUTBOUND_ALLOW',
  },
  credentials: { code: 'credentials', detail: 'must not hold a user name or password: messages are signed instead' },
  fragment: { code: 'fragment', detail: 'must not have a fragment: it is never sent' },
  address: {
    code: 'address_not_allowed',
    detail: 'leads to an address that is not public, and that the operator has not named in CLAVIGER_OUTBOUND_ALLOW',
  },
};
