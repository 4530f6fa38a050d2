import { decision as wireDecision, type DecisionObject, type QuestionObject } from '@claviger/contract';
import {
  type AccountId,
  type Instant,
  isInRange,
  type KeyId,
  parseInstant,
  parseIpAddress,
  parseIpRange,
  type Secret,
  type UserId,
} from '@claviger/core';
import { readCapped } from './capped-body.ts';
import { type Decider, type Decision, type DeciderQuestion, STALE_DECISION } from './decider.ts';
import { type RateLimitHeaders, rateLimitHeadersFrom } from './rate-limit-headers.ts';
import type { VerifierClock } from './verifier.ts';

/** Milliseconds to wait for an answer unless set otherwise: well above the 250 ms that `min_version` may take (D7). */
const TIMEOUT_MS = 2_000;
/** Bytes of one answer; the longest lists of permissions stay below. */
const ANSWER_BYTES_LARGEST = 4_194_304;

const LOOPBACK = parseIpRange('127.0.0.0/8');

/** What asking a verify endpoint needs. */
export type RemoteDeciderDeps = {
  /** Where the data plane listens, for example `http://127.0.0.1:4401`. */
  readonly url: string;
  /** An internal key of purpose `verify`. */
  readonly verifierKey: Secret;
  readonly clock: Pick<VerifierClock, 'now' | 'after'>;
  readonly timeoutMs?: number;
  /** Says that the way there is private although it is plain HTTP and not loopback: keys travel on it as they are. */
  readonly isPlainHttpPrivate?: boolean;
  /** The global `fetch` unless set otherwise; it keeps connections alive. */
  readonly fetch?: typeof fetch;
  /** Told why an answer could not be had; never of any key. */
  readonly onFault?: (detail: string) => void;
};

/**
 * Decides by asking `POST /v1/keys/verify` of another process. Whatever goes wrong on the way is `stale`: refused, never
 * guessed (D5). Throws when made with an address that would send keys in the clear.
 */
export function remoteDecider(deps: RemoteDeciderDeps): Decider {
  const url = verifyUrl(deps);
  return {
    decide: async (question) => {
      try {
        return decisionFrom(await answerTo(deps, url, question), deps.clock.now());
      } catch (fault) {
        // Only the kind of fault is told: messages may quote what was sent.
        deps.onFault?.(fault instanceof RemoteFault ? fault.message : 'the verify endpoint cannot be reached');
        return STALE_DECISION;
      }
    },
  };
}

/** What the endpoint did instead of answering; its message is ours and holds nothing that was sent. */
class RemoteFault extends Error {}

function verifyUrl(deps: RemoteDeciderDeps): URL {
  const url = new URL('/v1/keys/verify', deps.url);
  if (url.protocol === 'https:' || isLoopback(url.hostname) || deps.isPlainHttpPrivate === true) return url;
  throw new TypeError('a verifier elsewhere is asked over https, or over plain HTTP that is said to be private');
}

/** Names that only look like 127.0.0.1 (127.example) are names, and lead anywhere. */
function isLoopback(hostname: string): boolean {
  if (hostname === 'localhost' || hostname === '[::1]') return true;
  const address = parseIpAddress(hostname);
  return address !== null && LOOPBACK !== null && isInRange(LOOPBACK, address);
}

/** A decision as it came, and what came with it. */
type Told = { readonly answer: DecisionObject; readonly rateLimitHeaders: RateLimitHeaders };

async function answerTo(deps: RemoteDeciderDeps, url: URL, question: DeciderQuestion): Promise<Told> {
  const aborted = new AbortController();
  const cancel = deps.clock.after(deps.timeoutMs ?? TIMEOUT_MS, () => aborted.abort());
  try {
    const response = await (deps.fetch ?? fetch)(url, {
      method: 'POST',
      redirect: 'error',
      signal: aborted.signal,
      headers: { authorization: `Bearer ${deps.verifierKey.reveal()}`, 'content-type': 'application/json' },
      body: JSON.stringify(wireQuestion(question)),
    });
    const text = await readCapped(response, ANSWER_BYTES_LARGEST);
    if (response.status !== 200) throw new RemoteFault(`the verify endpoint answered ${response.status}`);
    return { answer: parseAnswer(text), rateLimitHeaders: rateLimitHeadersFrom(response.headers) };
  } finally {
    cancel();
  }
}

function parseAnswer(text: string | null): DecisionObject {
  if (text === null) throw new RemoteFault('the answer of the verify endpoint is too long');
  const parsed = wireDecision.safeParse(JSON.parse(text));
  if (!parsed.success) throw new RemoteFault('the answer of the verify endpoint is no decision');
  if (parsed.data.allow !== (parsed.data.code === 'allowed')) {
    throw new RemoteFault('the answer of the verify endpoint contradicts itself');
  }
  return parsed.data;
}

function wireQuestion(question: DeciderQuestion): QuestionObject {
  const { operation, ip, origin, minVersion } = question;
  return {
    key: question.key.reveal(),
    ...(operation === null
      ? { authenticate_only: true as const }
      : { operation: operation.name, resource: operation.resource }),
    ...(ip === null ? {} : { ip }),
    ...(origin === null ? {} : { origin }),
    ...(minVersion === null ? {} : { min_version: minVersion }),
  };
}

function decisionFrom({ answer, rateLimitHeaders }: Told, now: Instant): Decision {
  const expires = answer.key?.expires_at ?? null;
  const expiresAt = expires === null ? null : parseInstant(expires);
  // A verifier one release older does not tell when a key ended; then only its lifespan can have ended it.
  const isPast = answer.code === 'expired' && expiresAt !== null && expiresAt <= now;
  const told = answer.expired_at === undefined ? null : parseInstant(answer.expired_at);
  return {
    isAllowed: answer.allow,
    code: answer.code,
    version: answer.version,
    key:
      answer.key === null
        ? null
        : {
            id: answer.key.id as KeyId,
            kind: answer.key.kind,
            name: answer.key.name,
            ownerId: answer.key.owner_id as UserId,
            expiresAt,
            isExpiring: answer.key.expiring,
          },
    accountId: answer.account_id as AccountId | null,
    permissions: answer.permissions.map(({ resource_type, operation, ids }) => ({
      resourceType: resource_type,
      operation,
      ids,
    })),
    retryAfterSeconds: answer.retry_after_seconds ?? null,
    expiredAt: told ?? (isPast ? expiresAt : null),
    rateLimitHeaders,
  };
}
