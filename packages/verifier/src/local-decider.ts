import { formatVersion, MIN_VERSION_WAIT_MS, parseIpAddress, parseVersion } from '@claviger/core';
import { type Decider, type Decision, type DeciderQuestion, STALE_DECISION } from './decider.ts';
import { rateLimitHeaders } from './rate-limit-headers.ts';
import type { DescribedKey, LocalDecision, LocalQuestion, Verifier, VerifierClock } from './verifier.ts';

/** What deciding in this process needs. */
export type LocalDeciderDeps = {
  readonly verifier: Pick<Verifier, 'decide' | 'describe' | 'position' | 'hasReached'>;
  readonly clock: Pick<VerifierClock, 'now'>;
  /** The accounts whose keys count here (T1); null for all that the verifier holds. */
  readonly accountIds: ReadonlySet<string> | null;
};

/** Decides with a verifier in this process: the same questions and answers as over HTTP (D8). */
export function localDecider(deps: LocalDeciderDeps): Decider {
  return {
    decide: async (question) => {
      if (!(await hasReached(deps, question.minVersion))) return STALE_DECISION;
      const now = deps.clock.now();
      const decision = deps.verifier.decide({ ...localQuestion(question), accountIds: deps.accountIds, now });
      const key = decision.row < 0 ? null : deps.verifier.describe(decision.row, now);
      return decisionFrom(deps, decision, key);
    },
  };
}

/** Splits `type:name` at the first colon and puts type and operation together; without a colon no operation has that name. */
export function askedOperation(
  operation: DeciderQuestion['operation'],
): Pick<LocalQuestion, 'typeAndOperation' | 'resourceName'> {
  if (operation === null) return { typeAndOperation: null, resourceName: '' };
  const colon = operation.resource.indexOf(':');
  const type = colon === -1 ? '' : operation.resource.slice(0, colon);
  return { typeAndOperation: `${type}:${operation.name}`, resourceName: operation.resource.slice(colon + 1) };
}

/** Waits for an asked version, but not for long; what is no version is never reached (D7). */
async function hasReached(deps: LocalDeciderDeps, minVersion: string | null): Promise<boolean> {
  if (minVersion === null) return true;
  const version = parseVersion(minVersion);
  return version !== null && (await deps.verifier.hasReached(version, MIN_VERSION_WAIT_MS));
}

function localQuestion(question: DeciderQuestion): Omit<LocalQuestion, 'accountIds' | 'now'> {
  return {
    key: question.key.reveal(),
    ...askedOperation(question.operation),
    ip: question.ip === null ? null : parseIpAddress(question.ip),
    origin: question.origin,
  };
}

function decisionFrom(deps: LocalDeciderDeps, decision: LocalDecision, key: DescribedKey | null): Decision {
  const position = deps.verifier.position();
  return {
    isAllowed: decision.code === 'allowed',
    code: decision.code,
    version: position === null ? null : formatVersion(position),
    key: key === null ? null : { ...told(key), name: null },
    accountId: key?.accountId ?? null,
    permissions: key?.permissions ?? [],
    retryAfterSeconds: decision.code === 'rate_limited' ? Math.max(1, Math.ceil(decision.retryAfterMs / 1000)) : null,
    expiredAt: decision.expiredAt,
    rateLimitHeaders: rateLimitHeaders(decision.rateLimit),
  };
}

function told({ id, kind, ownerId, expiresAt, isExpiring }: DescribedKey) {
  return { id, kind, ownerId, expiresAt, isExpiring };
}
