import { z } from 'zod';
import { instant } from '../schemas/fields.ts';
import { member, type ProblemDefinition, RETRY_AFTER_SECONDS } from './definition.ts';

/** Refusals of who asks. Those that tell of a key's state come only after its secret proved right (E11). */
export const CREDENTIAL_PROBLEMS = {
  credentials_required: {
    status: 401,
    title: 'Credentials required',
    example: 'This call needs a session or a master key.',
    members: {},
    bearerError: null,
  },
  key_malformed: {
    status: 401,
    title: 'Not a key',
    example: 'The presented text is no key: it is cut off, or a character is wrong. Copy it again, whole.',
    members: {},
    bearerError: 'invalid_token',
  },
  key_not_found: {
    status: 401,
    title: 'Unknown key',
    example: 'The presented key is not known here.',
    members: {},
    bearerError: 'invalid_token',
  },
  key_expired: {
    status: 401,
    title: 'Key expired',
    example: 'The presented key expired at 2026-03-01T09:30:00.000Z. Create a new one at https://keys.example/keys.',
    members: {
      expired_at: member(instant(), 'When the key expired.', '2026-03-01T09:30:00.000Z'),
      replace_url: member(z.string(), 'Where its owner can make a new one.', 'https://keys.example/keys'),
    },
    bearerError: 'invalid_token',
  },
  key_disabled: {
    status: 401,
    title: 'Key disabled',
    example: 'The presented key is disabled. Its owner or an administrator can enable it.',
    members: {},
    bearerError: 'invalid_token',
  },
  owner_disabled: {
    status: 401,
    title: 'Owner of the key disabled',
    example: 'The owner of the presented key is disabled, and with the owner all keys.',
    members: {},
    bearerError: 'invalid_token',
  },
  internal_key_required: {
    status: 401,
    title: 'Internal key required',
    example: 'This call takes an internal key of purpose `verify` as its credential.',
    members: {},
    bearerError: 'invalid_token',
  },
  session_ended: {
    status: 401,
    title: 'Session ended',
    example: 'The session has ended. Sign in again.',
    members: {},
    bearerError: null,
  },
  sign_in_failed: {
    status: 401,
    title: 'Sign-in failed',
    example: 'The e-mail address and the password do not belong together.',
    members: {},
    bearerError: null,
  },
  setup_token_wrong: {
    status: 401,
    title: 'Wrong set-up token',
    example: 'The token is not that of the present set-up link. Each start of the server makes a new link.',
    members: {},
    bearerError: null,
  },
  setup_link_expired: {
    status: 401,
    title: 'Set-up link expired',
    example: 'The set-up link is older than 24 hours. Restart the server for a new one.',
    members: {},
    bearerError: null,
  },
  invitation_not_valid: {
    status: 401,
    title: 'Invitation not valid',
    example: 'The link of this invitation does not work, or no longer. Ask whoever invited you to send it again.',
    members: {},
    bearerError: null,
  },
  write_only_key: {
    status: 403,
    title: 'Write-only key',
    example: 'A write-only key may only perform ingestion operations.',
    members: {},
  },
  narrowed_key: {
    status: 403,
    title: 'Narrowed key',
    example: 'A narrowed key may only read GET /v1/me here. Use a key that is not narrowed, or a session.',
    members: {},
  },
  management_by_keys_off: {
    status: 403,
    title: 'Management by keys is off',
    example: 'This account takes no keys on the management API. Sign in instead.',
    members: {},
  },
  session_required: {
    status: 403,
    title: 'Session required',
    example: 'Changing a user type needs a session; a key cannot do it.',
    members: {},
  },
  fresh_proof_required: {
    status: 403,
    title: 'Fresh proof required',
    example: 'Changing a user type needs a proof of at most 15 minutes ago. Show the password again first.',
    members: {
      proven_at: member(instant(), 'When the last proof was given.', '2026-03-01T08:00:00.000Z'),
      freshest_seconds: member(z.int().positive(), 'How old the proof may be, in seconds.', 900),
    },
  },
  origin_mismatch: {
    status: 403,
    title: 'Foreign origin',
    example: 'A change made with a session needs an Origin header that is the public URL of this server.',
    members: {},
  },
  ip_not_allowed: {
    status: 403,
    title: 'Address not allowed',
    example: 'The presented key does not work from this address.',
    members: {},
  },
  origin_not_allowed: {
    status: 403,
    title: 'Web origin not allowed',
    example: 'The presented key does not work from this web origin.',
    members: {},
  },
  insufficient_permission: {
    status: 403,
    title: 'Insufficient permission',
    example: 'The presented key may not perform this operation on this resource.',
    members: {},
  },
  no_route_rule: {
    status: 403,
    title: 'No rule for this route',
    example: 'No route rule covers this method and path, and what no rule covers is refused.',
    members: {},
  },
  too_many_attempts: {
    status: 429,
    title: 'Too many attempts',
    example: 'There were too many attempts. Try again in 30 seconds.',
    members: RETRY_AFTER_SECONDS,
  },
  rate_limited: {
    status: 429,
    title: 'Rate limit reached',
    example: 'The presented key may make 100 requests in 60 seconds. Try again in 30 seconds.',
    members: RETRY_AFTER_SECONDS,
  },
} as const satisfies Record<string, ProblemDefinition>;
