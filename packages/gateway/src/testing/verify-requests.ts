import { type FeedRecord, problem as problemSchema, type ProblemObject } from '@claviger/contract';
import { DAY_MS } from '@claviger/core';
import { ask, type RawAnswer } from './raw-http.ts';
import { NOW } from './running-data-plane.ts';
import {
  internalKeyRecord,
  keyRecord,
  keyText,
  OTHER_ACCOUNT,
  peopleRecords,
  RESTRICTED,
  STRANGER,
} from './sample-state.ts';

/** Headers of a verify call that is as it should be. */
export const AUTHORIZATION = `Authorization: Bearer ${keyText(1, 'internal')}`;
export const JSON_TYPE = 'Content-Type: application/json';
const USUAL = [AUTHORIZATION, JSON_TYPE];

/** What a well-formed question asks beside its key. */
export const IMPORT = { operation: 'import', resource: 'database:sales' };
/** A question that is allowed. */
export const GOOD = { key: keyText(10), ...IMPORT };

/** Internal keys 1 to 3 (good, of another purpose, ended) and a key of every sort. */
export const RECORDS: readonly FeedRecord[] = [
  ...peopleRecords(),
  internalKeyRecord(1),
  internalKeyRecord(2, { purpose: 'feed' }),
  internalKeyRecord(3, { is_ended: true }),
  keyRecord(10),
  keyRecord(11, { kind: 'write_only', owner_id: RESTRICTED }),
  keyRecord(12, { owner_id: RESTRICTED }),
  keyRecord(13, { expires_at: NOW + 5 * DAY_MS }),
  keyRecord(14, { expires_at: NOW + 90 * DAY_MS }),
  keyRecord(15, { disabled_at: NOW - 1 }),
  keyRecord(16, { forced_at: NOW - 1 }),
  keyRecord(17, { allowed_ips: ['203.0.113.0/24'] }),
  keyRecord(18, { kind: 'write_only', allowed_origins: ['https://shop.example'] }),
  keyRecord(19, { rate_limit: { requests: 1, per_seconds: 60 } }),
  keyRecord(20, { account_id: OTHER_ACCOUNT, owner_id: STRANGER }),
  keyRecord(21, { permissions: [{ resource_type: 'database', operation: 'query', ids: ['näme "quoted"'] }] }),
];

/** `POST /v1/keys/verify` with a question, or with a text as it is. */
export function askVerify(port: number, question: unknown, headers: readonly string[] = USUAL): Promise<RawAnswer> {
  return post(port, '/v1/keys/verify', { body: question, headers });
}

/** `POST /v1/keys/verify-batch`. */
export function askBatch(port: number, body: unknown): Promise<RawAnswer> {
  return post(port, '/v1/keys/verify-batch', { body, headers: USUAL });
}

/** Parses an answer that must be a problem, and holds it against its status and headers. */
export function problemIn(answer: RawAnswer): ProblemObject {
  const problem = problemSchema.parse(JSON.parse(answer.body));
  const { 'content-type': type, 'request-id': id, 'cache-control': cache } = answer.headers;
  const told = { type: 'application/problem+json', id: problem.request_id, cache: 'no-store', status: problem.status };
  const is = { type, id, cache, status: answer.status };
  if (JSON.stringify(is) !== JSON.stringify(told))
    throw new Error(`${JSON.stringify(is)} is not ${JSON.stringify(told)}`);
  return problem;
}

function post(
  port: number,
  path: string,
  sent: { readonly body: unknown; readonly headers: readonly string[] },
): Promise<RawAnswer> {
  const text = typeof sent.body === 'string' ? sent.body : JSON.stringify(sent.body);
  return ask(port, [`POST ${path} HTTP/1.1`, ...sent.headers], Buffer.from(text).toString('latin1'));
}
