import type { AnswerOf, ProblemObject, RouteName } from '@claviger/contract';
import type { CallResult, Refused } from './call.ts';
import { UnexpectedAnswer } from './unexpected-answer.ts';

const PROBLEM_TYPE = 'application/problem+json';

/** Sorts an answer into done and refused; throws when it is none of the API's. */
export async function readAnswer<Name extends RouteName>(response: Response): Promise<CallResult<Name>> {
  const { status } = response;
  if (mediaType(response) === PROBLEM_TYPE) return refused(response, await json(response));
  if (!response.ok) throw new UnexpectedAnswer(status, 'is no problem of the API');
  return {
    ok: true,
    status,
    // The server parses what it sends by the same schema; parsing it again would refuse members of later releases.
    value: (await json(response)) as AnswerOf<Name>,
    version: response.headers.get('claviger-version'),
    isReplayed: response.headers.get('idempotent-replayed') === 'true',
    requestId: response.headers.get('request-id'),
  };
}

function refused(response: Response, body: unknown): Refused {
  if (!isProblem(body)) throw new UnexpectedAnswer(response.status, 'says that it is a problem, and is none');
  const seconds = response.headers.get('retry-after');
  const retryAfterSeconds = seconds !== null && /^\d{1,9}$/.test(seconds) ? Number(seconds) : null;
  return { ok: false, status: response.status, problem: body, retryAfterSeconds };
}

function isProblem(body: unknown): body is ProblemObject {
  return (
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    typeof body.code === 'string' &&
    'detail' in body &&
    typeof body.detail === 'string'
  );
}

/** The body as JSON, or null when there is none. What cannot be read is not repeated: it may hold a secret. */
async function json(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return null;
  if (!/^application\/(?:problem\+)?json$/.test(mediaType(response))) {
    throw new UnexpectedAnswer(response.status, 'is not JSON');
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UnexpectedAnswer(response.status, 'is cut off or not JSON');
  }
}

function mediaType(response: Response): string {
  return (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}
