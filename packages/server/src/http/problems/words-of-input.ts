import {
  IDEMPOTENCY_KEY_LONGEST,
  IDEMPOTENCY_KEY_SHORTEST,
  JSON_DEPTH_LARGEST,
  OVERLAP_SECONDS_LONGEST,
} from '@claviger/core';
import type { FieldProblem, FieldRefusal, LimitRefusal } from '../../refusal.ts';
import type { InputError } from '@claviger/contract';
import type { RepetitionRefusal, RequestRefusal, ServiceRefusal } from '../http-refusal.ts';
import { type ProblemWords, type WordsOf, wholeSeconds, words } from './problem-words.ts';

/** Refusals of what was sent, by its form alone. */
export const REQUEST_WORDS: WordsOf<RequestRefusal> = {
  'not-json': () => words('malformed_json', 'The body is not JSON.', {}),
  'not-utf-8': () => words('malformed_json', 'The body is not UTF-8.', {}),
  'too-deep': () =>
    words('json_too_deep', `The body is nested deeper than ${JSON_DEPTH_LARGEST} levels.`, {
      deepest: JSON_DEPTH_LARGEST,
    }),
  'unstorable-text': ({ pointer }) =>
    invalidBody([{ pointer, code: 'not_allowed', detail: 'must not hold NUL or half of a surrogate pair' }]),
  'bad-request-line': () => words('malformed_request', 'The request is not HTTP that this server can read.', {}),
  'request-timed-out': () => words('request_timeout', 'The request did not arrive in time.', {}),
  'headers-too-large': () =>
    words('headers_too_large', 'The request line and headers are larger than this server reads.', {}),
  'bad-target': () => words('malformed_target', 'The path of the request cannot be read: it holds a bad escape.', {}),
  'unknown-route': () => words('unknown_path', 'Nothing is served under this path.', {}),
  'malformed-id': () => words('not_found', NOT_THERE, {}),
  'method-not-allowed': ({ allowed }) =>
    words('method_not_allowed', `This path does not take this method; it takes ${allowed.join(', ')}.`, {
      allowed_methods: [...allowed],
    }),
  'body-too-large': ({ largestBytes }) =>
    words('body_too_large', `The body may have at most ${largestBytes} bytes.`, { largest_bytes: largestBytes }),
  'unsupported-media-type': () =>
    words('unsupported_media_type', 'The body must be application/json, without a content encoding.', {}),
  'bad-body': ({ errors }) => invalidBody(errors),
  'bad-query': ({ errors }) =>
    words('invalid_query', `The query has ${counted(errors)}; \`errors\` lists ${pronoun(errors)}.`, {
      errors: [...errors],
    }),
  'bad-cursor': () => words('bad_cursor', 'The cursor is none that this list gave out. Start again without one.', {}),
};

/** Refusals of an Idempotency-Key. */
export const REPETITION_WORDS: WordsOf<RepetitionRefusal> = {
  'malformed-idempotency-key': () =>
    words(
      'idempotency_key_malformed',
      `The Idempotency-Key must be ${IDEMPOTENCY_KEY_SHORTEST} to ${IDEMPOTENCY_KEY_LONGEST} visible ASCII characters, in one header.`,
      { shortest: IDEMPOTENCY_KEY_SHORTEST, longest: IDEMPOTENCY_KEY_LONGEST },
    ),
  'idempotency-key-reused': () =>
    words(
      'idempotency_mismatch',
      'This Idempotency-Key was used in the last 24 hours with another body. Take a new one for a new request.',
      {},
    ),
  'idempotency-key-in-use': () =>
    words('idempotency_running', 'A request with this Idempotency-Key is still running. Repeat it in a moment.', {}),
};

/** What is wrong with us, whoever asks. */
export const SERVICE_WORDS: WordsOf<ServiceRefusal> = {
  stale: () =>
    words('stale', 'The verifier of this server is behind and does not guess. Try again in a moment.', {
      retry_after_seconds: 1,
    }),
  unavailable: () =>
    words('storage_unavailable', 'The database does not answer, or its disk is full. Try again in a moment.', {
      retry_after_seconds: wholeSeconds(5000),
    }),
  'not-ready': ({ reasons }) => words('not_ready', `Not ready: ${reasons.join(', ')}.`, { reasons: [...reasons] }),
  'shutting-down': () =>
    words('shutting_down', 'This server is stopping and takes no new requests. Nothing was changed.', {
      retry_after_seconds: wholeSeconds(5000),
    }),
  fault: () => words('internal_fault', 'Something broke here. The log has it under this request id.', {}),
};

/** Refusals of a field's value by a rule of the product. */
export const FIELD_WORDS: WordsOf<FieldRefusal | Extract<LimitRefusal, { readonly kind: 'metadata-too-large' }>> = {
  'malformed-fields': ({ problems }) => invalidBody(problems.map(fieldError)),
  'origins-on-master-key': () =>
    words(
      'origins_need_write_only',
      'A master key must never be embedded in a page, so it takes no allowed_origins. Use a write-only key.',
      {},
    ),
  'unknown-operation': ({ pointer }) =>
    words('unknown_permission', 'The resource catalogue does not know one of the permissions; `errors` says which.', {
      errors: [{ pointer, code: 'unknown_operation', detail: 'is no operation of a resource type in the catalogue' }],
    }),
  'permission-beyond-owner': ({ permission: { resourceType, operation, ids } }) =>
    words('permission_not_held', 'A key cannot be given what its owner does not have; `permissions` lists it.', {
      permissions: [{ resource_type: resourceType, operation, ids: [...ids] }],
    }),
  'contact-not-a-person': ({ pointer }) =>
    words('unknown_user', 'A contact is a person of this account who can sign in; `errors` says which is not.', {
      errors: [{ pointer, code: 'unknown_user', detail: 'names no person of this account' }],
    }),
  'contacts-of-a-person': () =>
    words(
      'contacts_need_service_account',
      'This user is a person and gets reminders in person; only service accounts have contacts.',
      {},
    ),
  'service-account-stays-restricted': () =>
    words('service_account_stays_restricted', 'A service account cannot sign in, so it stays restricted.', {}),
  'unfit-new-owner': ({ pointer, why }) =>
    words('unfit_new_owner', 'The user named in `new_owner_id` cannot take this over; `errors` says why.', {
      errors: [{ pointer, ...UNFIT[why] }],
    }),
  'overlap-out-of-range': ({ pointer }) =>
    invalidBody([
      {
        pointer,
        code: 'out_of_range',
        detail: `must be a whole number of seconds from 0 to ${OVERLAP_SECONDS_LONGEST}`,
      },
    ]),
  'metadata-too-large': ({ pointer, largestBytes }) =>
    invalidBody([{ pointer, code: 'too_large', detail: `must be an object of at most ${largestBytes} bytes as JSON` }]),
};

const UNFIT = {
  'is-being-deleted': { code: 'is_being_deleted', detail: 'names the user who is to be deleted; name another one' },
  'is-disabled': { code: 'is_disabled', detail: 'names a user who is disabled; enable that user first' },
  'is-service-account': { code: 'is_service_account', detail: 'names a service account, which cannot sign in' },
} as const;

/** The one text for everything that is not there or not the caller's to know of: the same bytes for both (K9). */
export const NOT_THERE = 'There is nothing with this id that you may see.';

const WANTED: Readonly<Record<FieldProblem['kind'], string>> = {
  'not-an-ip-address': 'must be an IPv4 or IPv6 address, for example 203.0.113.7',
  'not-an-ip-range': 'must be an IPv4 or IPv6 address or CIDR range, without host bits, leading zeros or short forms',
  'not-a-web-origin': 'must be a web origin such as https://shop.example, without a path',
};

function fieldError({ pointer, kind }: FieldProblem): InputError {
  return { pointer, code: 'wrong_format', detail: WANTED[kind] };
}

/** What is wrong with a body, by its form alone. */
export function invalidBody(errors: readonly InputError[]): ProblemWords {
  const detail = `The body has ${counted(errors)}; \`errors\` lists ${pronoun(errors)}.`;
  return words('invalid_body', detail, { errors: [...errors] });
}

function counted(errors: readonly InputError[]): string {
  return errors.length === 1 ? '1 mistake' : `${errors.length} mistakes`;
}

function pronoun(errors: readonly InputError[]): string {
  return errors.length === 1 ? 'it' : 'them';
}
