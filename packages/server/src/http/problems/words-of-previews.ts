import { formatInstant } from '@claviger/core';
import type { PreviewRefusal } from '../../refusal.ts';
import { type WordsOf, words } from './problem-words.ts';

/** Refusals of acts on many keys, which are previewed first (E6, X6). */
export const PREVIEW_WORDS: WordsOf<PreviewRefusal> = {
  'preview-token-wrong': () =>
    words(
      'preview_token_wrong',
      'The token is none that you were given for this act. Preview again and send the new token.',
      {},
    ),
  'preview-expired': ({ previewedAt, validMs }) => {
    const when = formatInstant(previewedAt);
    const detail = `The preview of ${when} is older than ${validMs / 60_000} minutes. Preview again and send the new token.`;
    return words('preview_expired', detail, { previewed_at: when });
  },
  'preview-used': ({ previewedAt }) => {
    const when = formatInstant(previewedAt);
    const detail = `The preview of ${when} was acted on already. Nothing more is done.`;
    return words('preview_used', detail, { previewed_at: when });
  },
  'preview-outdated': ({ previewedAt }) => {
    const when = formatInstant(previewedAt);
    const detail = `Since the preview of ${when} some of its keys have changed, so nothing was done. Preview again and look at what differs.`;
    return words('preview_outdated', detail, { previewed_at: when });
  },
};
