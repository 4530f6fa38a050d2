import { type InputError, jsonPointer, parseInput, question, questionsBody } from '@claviger/contract';
import {
  BATCH_QUESTIONS_MOST,
  type IpAddress,
  OPERATION_NAME_LONGEST,
  ok,
  parseVersion,
  refuse,
  RESOURCE_NAME_LONGEST,
  type Result,
  type Version,
} from '@claviger/core';
import { knownAddress } from './known-addresses.ts';

/** A question in the terms of the verifier. */
export type AskedQuestion = {
  readonly key: string;
  /** `type:operation`; null asks only whether the key is good. */
  readonly typeAndOperation: string | null;
  readonly resourceName: string;
  readonly ip: IpAddress | null;
  readonly origin: string | null;
  readonly minVersion: Version | null;
};

type FieldName = 'key' | 'operation' | 'resource' | 'authenticate_only' | 'ip' | 'origin' | 'min_version' | 'questions';
type Fields = { readonly [Name in FieldName]?: unknown };
type Errors = readonly InputError[];

/** Characters of an origin that is surely not too long; longer ones take the slow way. */
const ORIGIN_SURELY_TAKEN = 200;
const BAD_ADDRESS = { code: 'wrong_format', detail: 'must be an IPv4 or IPv6 address, for example 203.0.113.7' };

/**
 * Parses the body of `POST /v1/keys/verify`. Well-formed questions, nearly all, are read by hand; whatever that does not
 * take goes through the contract's schema, which alone refuses and says why.
 */
export function parseQuestion(body: unknown): Result<AskedQuestion, Errors> {
  const read = readQuestion(body);
  if (read !== null) return ok(read);
  const parsed = parseInput(question, body);
  const errors = withAddressErrors(parsed.ok ? [] : parsed.refusal, addressErrors(body, []));
  if (!parsed.ok || errors.length > 0) return refuse(errors);
  return ok(asAsked(parsed.value));
}

/** Parses the body of `POST /v1/keys/verify-batch`, likewise. */
export function parseQuestions(body: unknown): Result<readonly AskedQuestion[], Errors> {
  const read = readQuestions(body);
  if (read !== null) return ok(read);
  const bounded = boundedBatch(body);
  const parsed = parseInput(questionsBody, bounded);
  const listed = isFields(bounded) && Array.isArray(bounded.questions) ? bounded.questions : [];
  const ofAddresses = listed.flatMap((asked: unknown, index) => addressErrors(asked, ['questions', index]));
  const errors = withAddressErrors(parsed.ok ? [] : parsed.refusal, ofAddresses);
  if (!parsed.ok || errors.length > 0) return refuse(errors);
  return ok(parsed.value.questions.map(asAsked));
}

/** One question more than allowed is enough to be told that they are too many; explaining a million would take for ever. */
function boundedBatch(body: unknown): unknown {
  if (!isFields(body) || !Array.isArray(body.questions)) return body;
  return { ...body, questions: body.questions.slice(0, BATCH_QUESTIONS_MOST + 1) };
}

function readQuestions(body: unknown): readonly AskedQuestion[] | null {
  if (!isFields(body) || Object.keys(body).length !== 1) return null;
  const listed = body.questions;
  if (!Array.isArray(listed) || listed.length === 0 || listed.length > BATCH_QUESTIONS_MOST) return null;
  const questions: AskedQuestion[] = [];
  for (const asked of listed) {
    const read = readQuestion(asked);
    if (read === null) return null;
    questions.push(read);
  }
  return questions;
}

/**
 * Reads a question that is well-formed beyond doubt, else null. Must never take what the schema refuses: a test compares.
 * Fields are read by name, each once, and counted: a loop over them costs as much as the digest of the key.
 */
function readQuestion(body: unknown): AskedQuestion | null {
  if (!isFields(body)) return null;
  const { key, operation, resource, ip, origin, min_version: minVersion } = body;
  if (typeof key !== 'string' || !isText(ip) || !isText(origin) || !isText(minVersion)) return null;
  if (origin !== undefined && (origin === '' || origin.length > ORIGIN_SURELY_TAKEN)) return null;
  const asked = body.authenticate_only === true ? KEY_ALONE : readOperation(operation, resource);
  if (asked === null) return null;
  let fields = asked === KEY_ALONE ? 2 : 3;
  if (ip !== undefined) fields += 1;
  if (origin !== undefined) fields += 1;
  if (minVersion !== undefined) fields += 1;
  for (const _name in body) fields -= 1;
  // One too many is unknown, or an operation beside `authenticate_only`.
  if (fields !== 0) return null;
  const address = ip === undefined ? null : knownAddress(ip);
  const version = minVersion === undefined ? null : parseVersion(minVersion);
  if ((address === null && ip !== undefined) || (version === null && minVersion !== undefined)) return null;
  return { key, ...asked, ip: address, origin: origin ?? null, minVersion: version };
}

type AskedOperation = Pick<AskedQuestion, 'typeAndOperation' | 'resourceName'>;

const KEY_ALONE: AskedOperation = { typeAndOperation: null, resourceName: '' };

/** Lengths in UTF-16 units are never smaller than in characters, so what fits by these fits. */
function readOperation(operation: unknown, resource: unknown): AskedOperation | null {
  if (typeof operation !== 'string' || typeof resource !== 'string') return null;
  if (operation === '' || operation.length > OPERATION_NAME_LONGEST || resource.length > RESOURCE_NAME_LONGEST)
    return null;
  const colon = resource.indexOf(':');
  if (colon < 1 || colon === resource.length - 1) return null;
  const typeAndOperation = `${resource.slice(0, colon)}:${operation}`;
  return { typeAndOperation, resourceName: resource.slice(colon + 1) };
}

function isText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

/** An address is parsed here, once: the schema takes any short text for one. */
function addressErrors(asked: unknown, path: readonly PropertyKey[]): Errors {
  if (!isFields(asked) || typeof asked.ip !== 'string' || knownAddress(asked.ip) !== null) return [];
  return [{ pointer: jsonPointer([...path, 'ip']), ...BAD_ADDRESS }];
}

/** An address that the schema has refused already is not refused twice. */
function withAddressErrors(errors: Errors, ofAddresses: Errors): Errors {
  const refused = new Set(errors.map(({ pointer }) => pointer));
  return [...errors, ...ofAddresses.filter(({ pointer }) => !refused.has(pointer))];
}

/** What the schema let through, in the verifier's terms. */
function asAsked(asked: {
  readonly key: string;
  readonly operation?: string;
  readonly resource?: string;
  readonly ip?: string;
  readonly origin?: string;
  readonly min_version?: string;
}): AskedQuestion {
  const { operation, resource = '' } = asked;
  const colon = resource.indexOf(':');
  return {
    key: asked.key,
    typeAndOperation: operation === undefined ? null : `${resource.slice(0, colon)}:${operation}`,
    resourceName: resource.slice(colon + 1),
    ip: asked.ip === undefined ? null : knownAddress(asked.ip),
    origin: asked.origin ?? null,
    minVersion: asked.min_version === undefined ? null : parseVersion(asked.min_version),
  };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
