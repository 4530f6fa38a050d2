import { formatInstant, FRESH_PROOF_MS } from '@claviger/core';
import type { CredentialRefusal, NotAllowed, NotAllowedReason } from '../../refusal.ts';
import type { CallerRefusal } from '../http-refusal.ts';
import { type WordsOf, wholeSeconds, words } from './problem-words.ts';

/** Where a person makes a new key or signs in again. */
const KEYS_PAGE = '/keys';

/** Refusals of who asks. What tells of a key's state is said only after its secret proved right (E11). */
export const CALLER_WORDS: WordsOf<CallerRefusal> = {
  'no-credential': () => words('credentials_required', 'This call needs a session or a master key. Send one.', {}),
  'ambiguous-credentials': () =>
    words('ambiguous_credentials', 'The request carries more than one credential, or one twice. Send exactly one.', {}),
  'malformed-credential': () =>
    words(
      'key_malformed',
      'The presented text is no key: it is cut off, or a character is wrong. Copy it again, whole.',
      {},
    ),
  'unknown-credential': () => words('key_not_found', 'The presented key is not known here.', {}),
  'credential-expired': ({ at }, { publicOrigin }) => {
    const when = formatInstant(at);
    const url = `${publicOrigin}${KEYS_PAGE}`;
    const detail = `The presented key expired at ${when}. Create a new one at ${url}.`;
    return words('key_expired', detail, { expired_at: when, replace_url: url });
  },
  'credential-disabled': () =>
    words('key_disabled', 'The presented key is disabled. Its owner or an administrator can enable it.', {}),
  'owner-disabled': () =>
    words('owner_disabled', 'The owner of the presented key is disabled, and with the owner all keys.', {}),
  'address-not-allowed': () =>
    words(
      'ip_not_allowed',
      'The presented key does not work from this address. Its `allowed_ips`, and the IP allowlist of its owner or the account, say from where.',
      {},
    ),
  'origin-not-allowed': () => words('origin_not_allowed', 'The presented key does not work from this web origin.', {}),
  'foreign-origin': ({ publicOrigin: own }) =>
    words('origin_mismatch', `A change made by a browser needs an Origin header of this server: ${own}.`, {}),
  'rate-limited': ({ retryAfterMs, rateLimit }) => {
    const seconds = wholeSeconds(retryAfterMs);
    const detail = `The presented key has used up its rate limit. Try again in ${seconds} seconds.`;
    return { ...words('rate_limited', detail, { retry_after_seconds: seconds }), rateLimit };
  },
  'too-many-attempts': ({ retryAfterMs }) => {
    const seconds = wholeSeconds(retryAfterMs);
    const detail = `There were too many attempts from this address. Try again in ${seconds} seconds.`;
    return words('too_many_attempts', detail, { retry_after_seconds: seconds });
  },
  'set-up-token-wrong': () =>
    words(
      'setup_token_wrong',
      'The token is not that of the present set-up link. Each start of the server makes a new link.',
      {},
    ),
  'set-up-token-expired': () =>
    words('setup_link_expired', 'The set-up link is older than 24 hours. Restart the server for a new one.', {}),
};

/** Refusals of a credential that is not good enough for this very act. */
export const CREDENTIAL_WORDS: WordsOf<CredentialRefusal> = {
  'credential-ended': () =>
    words('session_ended', 'The session or key has ended. Sign in again, or use another key.', {}),
  'sign-in-failed': () => words('sign_in_failed', 'The e-mail address and the password do not belong together.', {}),
  'sign-in-link-not-valid': () =>
    words(
      'sign_in_link_not_valid',
      'This sign-in link does not work, or no longer: it works once, for 24 hours, until there is a newer one. Ask ' +
        'whoever runs the server for a new one.',
      {},
    ),
  'password-reset-not-valid': () =>
    words(
      'password_reset_not_valid',
      'This link of a password reset does not work, or no longer: it works once, for one hour, until there is a newer one ' +
        'or the password is changed. Ask for a new one where you sign in.',
      {},
    ),
  'wrong-password': () =>
    words('password_wrong', 'The password is not that of the signed-in user. The session goes on as before.', {}),
  'narrowed-key': () =>
    words(
      'narrowed_key',
      'A narrowed key may only read GET /v1/me here. Use a key that is not narrowed, or a session.',
      {},
    ),
  'write-only-key': () =>
    words(
      'write_only_key',
      'A write-only key may only perform ingestion operations. Use a master key or a session here.',
      {},
    ),
  'management-by-keys-off': () =>
    words('management_by_keys_off', 'This account takes no keys on the management API. Sign in instead.', {}),
  'session-required': () =>
    words('session_required', 'This act needs a session; a key cannot do it. Sign in instead.', {}),
  'fresh-proof-required': ({ provenAt, longestMs }) => {
    const detail = `This act needs a proof of at most ${longestMs / 60_000} minutes ago. Show the password again first.`;
    const freshest = Math.min(longestMs, FRESH_PROOF_MS) / 1000;
    return words('fresh_proof_required', detail, { proven_at: formatInstant(provenAt), freshest_seconds: freshest });
  },
};

/** Refusals of what the caller may know of and may not do. */
export const NOT_ALLOWED_WORDS: WordsOf<NotAllowed> = {
  'not-allowed': ({ because }) => wordsOfReason(because),
};

function wordsOfReason(because: NotAllowedReason): ReturnType<typeof words> {
  switch (because.rule) {
    case 'owner-only':
      return words('owner_only', 'Only the Owner of the account may do this.', {});
    case 'owner-imports-master-keys':
      return words(
        'owner_only',
        'Only the Owner may import master keys. Import write-only keys, or ask the Owner.',
        {},
      );
    case 'administrators-only':
      return words('not_allowed', 'Only the Owner and administrators may do this. Ask one of them.', {});
    case 'user-not-managed':
      return words(
        'not_allowed',
        `An administrator manages restricted users and themselves; this user is of type ${because.userType}.`,
        {},
      );
    case 'user-type-change':
      if (because.from === 'owner') return words('owner_stays', OWNER_STAYS, {});
      return words('not_allowed', typeChangeText(because), {});
    case 'user-disabling':
      if (because.isSelf) {
        return words('cannot_disable_yourself', 'Nobody can disable themselves: they could not undo it.', {});
      }
      return words('not_allowed', `A user of type ${because.userType} cannot be disabled by you.`, {});
    case 'user-deletion':
      if (because.userType === 'owner') return words('owner_stays', OWNER_IS_NOT_DELETED, {});
      return because.isSelf
        ? words('cannot_delete_yourself', 'Nobody can delete themselves. Ask the Owner.', {})
        : words('not_allowed', `A user of type ${because.userType} cannot be deleted by you.`, {});
  }
}

const OWNER_IS_NOT_DELETED =
  'The Owner cannot be deleted. Hand ownership over first; the new Owner may delete you then.';
const OWNER_STAYS = 'The user type of the Owner cannot be changed: ownership is handed over, never given up.';

function typeChangeText(because: Extract<NotAllowedReason, { readonly rule: 'user-type-change' }>): string {
  if (because.isSelf) return 'Nobody may change their own user type. Ask the Owner.';
  return `You may not turn a user of type ${because.from} into ${because.to}. An administrator may only promote restricted users; the Owner may do both.`;
}
