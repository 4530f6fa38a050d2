import type { FeedPosition, InputError } from '@claviger/contract';
import {
  BATCH_BODY_BYTES_LARGEST,
  BODY_BYTES_LARGEST,
  formatVersion,
  type Instant,
  MIN_VERSION_WAIT_MS,
  ok,
  type RateLimitState,
  type Result,
  type Version,
} from '@claviger/core';
import { type FoundInternalKey, type LocalDecision, rateLimitHeaders } from '@claviger/verifier';
import type { DataPlaneDeps } from './data-plane-deps.ts';
import type { DecisionCounter, DecisionSource } from './decision-counts.ts';
import { decisionJson } from './decision-json.ts';
import { type Exchange, sendJson } from './exchange.ts';
import type { InternalCallers } from './internal-callers.ts';
import { receiveJson } from './json-body.ts';
import { invalidInput, sendProblem } from './problems.ts';
import { type AskedQuestion, parseQuestion, parseQuestions } from './question.ts';

/** What the verify calls need. */
export type VerifyDeps = {
  readonly dataPlane: Pick<DataPlaneDeps, 'verifier' | 'clock' | 'publicUrl' | 'nameOf'>;
  readonly callers: InternalCallers;
  readonly counter: DecisionCounter;
  /** Does work that comes after a wait, with the answer still owed; what breaks in it is answered 500. */
  readonly attempt: (exchange: Exchange, work: () => void) => void;
};

/** One of the two verify calls. */
export type VerifyCall = {
  readonly source: DecisionSource;
  /** Bytes. */
  readonly largestBody: number;
  readonly parse: (body: unknown) => Result<readonly AskedQuestion[], readonly InputError[]>;
  /** Puts the answers to the questions together. */
  readonly write: (decisions: readonly string[]) => string;
};

/** `POST /v1/keys/verify`: one question, answered 200 when it is well-formed, whatever the decision. */
export const VERIFY_ONE: VerifyCall = {
  source: 'verify',
  largestBody: BODY_BYTES_LARGEST,
  parse: (body) => {
    const parsed = parseQuestion(body);
    return parsed.ok ? ok([parsed.value]) : parsed;
  },
  write: (decisions) => decisions[0] ?? '',
};

/** `POST /v1/keys/verify-batch`: up to 1,000 questions, answered in their order, at one time and from one state. */
export const VERIFY_BATCH: VerifyCall = {
  source: 'verify_batch',
  largestBody: BATCH_BODY_BYTES_LARGEST,
  parse: parseQuestions,
  write: (decisions) => `{"object":"list","data":[${decisions.join(',')}],"has_more":false,"next_cursor":null}`,
};

const STALE: LocalDecision = { code: 'stale', row: -1, retryAfterMs: 0, expiredAt: null, rateLimit: null };
const NO_HEADERS: readonly string[] = [];
const NONE_LATE: ReadonlySet<string> = new Set();

/** Answers a verify call. Its caller comes first: nobody else learns even what is wrong with a question (K11). */
export function answerVerify(deps: VerifyDeps, exchange: Exchange, call: VerifyCall): void {
  const { publicUrl } = deps.dataPlane;
  const caller = deps.callers.callerOf(exchange.request.rawHeaders);
  if (!caller.ok) return sendProblem(exchange, caller.refusal, publicUrl);
  receiveJson(exchange, call.largestBody, (body) => {
    deps.attempt(exchange, () => {
      if (!body.ok) return sendProblem(exchange, body.refusal, publicUrl);
      const questions = call.parse(body.value);
      if (!questions.ok) return sendProblem(exchange, invalidInput('body', questions.refusal), publicUrl);
      return onceReached(deps, exchange, questions.value, (late) => {
        const now = deps.dataPlane.clock.now();
        const asked = { caller: caller.value, source: call.source, late, now };
        const answers = questions.value.map((question) => answerOf(deps, question, asked));
        const limit = call.source === 'verify' ? (answers[0]?.rateLimit ?? null) : null;
        sendJson(exchange, 200, call.write(answers.map(({ json }) => json)), flatHeaders(limit));
      });
    });
  });
}

/** Waits until the asked versions are applied, but not for long; `answer` learns which of them are still out (D7). */
function onceReached(
  deps: VerifyDeps,
  exchange: Exchange,
  questions: readonly AskedQuestion[],
  answer: (late: ReadonlySet<string>) => void,
): void {
  const wanted = unreachedVersions(questions, deps.dataPlane.verifier.position());
  if (wanted.size === 0) return answer(NONE_LATE);
  lateVersions(deps, wanted).then(
    (late) => deps.attempt(exchange, () => answer(late)),
    (fault: unknown) =>
      deps.attempt(exchange, () => {
        throw new Error('waiting for a version broke', { cause: fault });
      }),
  );
}

const NONE_WANTED: ReadonlyMap<string, Version> = new Map();

function unreachedVersions(
  questions: readonly AskedQuestion[],
  position: FeedPosition | null,
): ReadonlyMap<string, Version> {
  let wanted: Map<string, Version> | null = null;
  for (const { minVersion } of questions) {
    if (minVersion === null) continue;
    if (position?.epoch === minVersion.epoch && position.n >= minVersion.n) continue;
    wanted ??= new Map();
    wanted.set(formatVersion(minVersion), minVersion);
  }
  return wanted ?? NONE_WANTED;
}

async function lateVersions(deps: VerifyDeps, wanted: ReadonlyMap<string, Version>): Promise<ReadonlySet<string>> {
  const waits = [...wanted].map(async ([text, version]) =>
    (await deps.dataPlane.verifier.hasReached(version, MIN_VERSION_WAIT_MS)) ? null : text,
  );
  return new Set((await Promise.all(waits)).filter((text) => text !== null));
}

function answerOf(
  deps: VerifyDeps,
  question: AskedQuestion,
  asked: {
    readonly caller: FoundInternalKey;
    readonly source: DecisionSource;
    readonly late: ReadonlySet<string>;
    readonly now: Instant;
  },
): { readonly json: string; readonly rateLimit: RateLimitState | null } {
  const { verifier, nameOf } = deps.dataPlane;
  const decision = isLate(question, asked.late)
    ? STALE
    : verifier.decide({
        key: question.key,
        typeAndOperation: question.typeAndOperation,
        resourceName: question.resourceName,
        ip: question.ip,
        origin: question.origin,
        accountIds: asked.caller.accountIds,
        now: asked.now,
      });
  deps.counter.count(asked.source, decision.code);
  const key = decision.row < 0 ? null : verifier.describe(decision.row, asked.now);
  const name = key === null || nameOf === undefined ? null : nameOf(key.id);
  return { json: decisionJson({ decision, key, name, position: verifier.position() }), rateLimit: decision.rateLimit };
}

/** Of a batch nothing is told: its answers may be about many keys. */
function flatHeaders(limit: RateLimitState | null): readonly string[] {
  return limit === null ? NO_HEADERS : Object.entries(rateLimitHeaders(limit)).flat();
}

function isLate(question: AskedQuestion, late: ReadonlySet<string>): boolean {
  return late.size > 0 && question.minVersion !== null && late.has(formatVersion(question.minVersion));
}
