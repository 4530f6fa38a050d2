import {
  type AskedOperation,
  type DecisionCode,
  type DecisionSubject,
  decisionOf,
  effectivePermissions,
  type Instant,
  isExpiring,
  type KeyKind,
  type Permission,
  presentedText,
  type Question,
  type RateLimit,
  type RateLimitState,
  rateLimitState,
  type Rights,
  rightsOf,
  takeFromRateLimit,
  wouldBeDenied,
} from '@claviger/core';
import {
  type AccountState,
  listedPermissions,
  permissionsOf,
  rightsOfStanding,
  type Standing,
  standingAt,
} from './accounts.ts';
import {
  DENIED,
  DISABLED,
  endOf,
  findDigest,
  flagsOf,
  FORCED,
  idAt,
  keyRowOf,
  type KeySide,
  ownerRowOf,
  sideOf,
  WRITE_ONLY,
} from './key-table.ts';
import { OWNER_DENIED, OWNER_DISABLED, OWNER_KNOWN, ownerFlagsOf, ownerIdAt, standingNumberOf } from './owner-table.ts';
import type { Replica } from './replica.ts';
import { NO_ROW } from './row-arena.ts';
import { countCall, countDenial, countReplacedSecret, countWouldBeDenial } from './usage-book.ts';
import type { DescribedKey, KeyRow, LocalDecision, LocalQuestion, VerifierDeps } from './verifier.ts';

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** What one verifier reuses for every decision, so that deciding allocates nothing but its answer. */
export type DecideScratch = {
  readonly subject: Mutable<DecisionSubject>;
  readonly question: Mutable<Question>;
  readonly operation: Mutable<AskedOperation>;
  /** 32 bytes, to read a digest's words from. */
  readonly digest: Buffer;
  readonly digestWords: Uint32Array;
  /** Calls let through since the start that a list in monitor mode would have refused (I7). */
  wouldBeDenials: number;
};

const NO_RIGHTS: Rights = rightsOf([], []);
const NOBODY: Omit<LocalDecision, 'code'> = { row: NO_ROW, retryAfterMs: 0, expiredAt: null, rateLimit: null };

/** Answers that tell of no key, made once. `STALE` is also the closed answer to a fault (D5). */
export const STALE: LocalDecision = { code: 'stale', ...NOBODY };
const MALFORMED: LocalDecision = { code: 'malformed', ...NOBODY };
const NOT_FOUND: LocalDecision = { code: 'not_found', ...NOBODY };

/** A scratch; one per verifier, since deciding never waits. */
export function createDecideScratch(): DecideScratch {
  const digest = Buffer.alloc(32);
  return {
    subject: {
      kind: 'master',
      isForciblyExpired: true,
      secretEndsAt: null,
      isDisabled: true,
      isOwnerDisabled: true,
      allowlist: null,
      bounds: null,
      ownerRights: NO_RIGHTS,
      narrowedRights: null,
    },
    question: { now: 0 as Instant, operation: null, ip: null, origin: null },
    operation: { typeAndOperation: '', resourceName: '', isIngestion: false },
    digest,
    digestWords: new Uint32Array(digest.buffer, digest.byteOffset, 8),
    wouldBeDenials: 0,
  };
}

/** Decides on a presented text from a replica that is current; the caller has seen to staleness. */
export function decideFrom(
  deps: Pick<VerifierDeps, 'sha256' | 'acceptedPrefixes'>,
  scratch: DecideScratch,
  replica: Replica,
  question: LocalQuestion,
): LocalDecision {
  // A time that is no number would make every comparison with an end false.
  if (!(question.now >= 0)) return STALE;
  const looks = presentedText(question.key, deps.acceptedPrefixes);
  if (looks === 'malformed') return MALFORMED;
  // An internal key is nobody's as a client's key (K6).
  if (looks === 'internal') return NOT_FOUND;
  scratch.digest.write(deps.sha256(question.key), 0, 'latin1');
  const secretRow = findDigest(replica.keys, scratch.digestWords);
  return secretRow === NO_ROW ? NOT_FOUND : decideOnSecret(scratch, replica, question, secretRow);
}

function decideOnSecret(
  scratch: DecideScratch,
  replica: Replica,
  question: LocalQuestion,
  secretRow: number,
): LocalDecision {
  const { keys, owners, accounts } = replica;
  const row = keyRowOf(keys, secretRow);
  const flags = flagsOf(keys, row);
  const ownerRow = ownerRowOf(keys, row);
  const ownerFlags = ownerFlagsOf(owners, ownerRow);
  const standing = standingAt(accounts, standingNumberOf(owners, ownerRow));
  const { account } = standing;
  // Another account's key is as good as none (T1), and nothing is told of what nobody knows for sure (D4).
  if (question.accountIds !== null && !question.accountIds.has(account.id)) return NOT_FOUND;
  if ((flags & DENIED) !== 0 || (ownerFlags & OWNER_DENIED) !== 0 || account.isDenied) return STALE;
  const { subject } = scratch;
  const side = sideOf(keys, row);
  const end = endOf(keys, secretRow);
  subject.kind = (flags & WRITE_ONLY) === 0 ? 'master' : 'write_only';
  subject.isForciblyExpired = (flags & FORCED) !== 0;
  subject.secretEndsAt = end === Number.POSITIVE_INFINITY ? null : (end as Instant);
  subject.isDisabled = (flags & DISABLED) !== 0;
  // An owner whose record is missing or deleted, or an account without one, is no owner that could vouch for a key.
  subject.isOwnerDisabled = (ownerFlags & (OWNER_KNOWN | OWNER_DISABLED)) !== OWNER_KNOWN || !account.isKnown;
  subject.allowlist = standing.allowlist ?? account.allowlist;
  subject.bounds = side === null ? null : side.bounds;
  subject.ownerRights = rightsOfStanding(standing);
  subject.narrowedRights = side === null ? null : narrowedRightsOf(side, account);
  fillQuestion(scratch, question, account);
  const code = decisionOf(subject, scratch.question);
  if (code !== 'allowed') return denied(replica, { row, secretRow, code, now: question.now });
  let rateLimit: RateLimitState | null = null;
  if (side !== null && side.rateLimit !== null) {
    const retryAfterMs = takeFrom(side, side.rateLimit, question.now);
    rateLimit = rateLimitState(side.rateLimit, side.arrivalMs, question.now);
    if (retryAfterMs > 0) {
      return { ...denied(replica, { row, secretRow, code: 'rate_limited', now: 0 }), retryAfterMs, rateLimit };
    }
  }
  countCall(replica.usage, row, question.now);
  if (row !== secretRow) countReplacedSecret(replica.usage, row);
  if (subject.allowlist !== null && wouldBeDenied(subject, scratch.question)) noteWouldBeDenial(scratch, replica, row);
  return { code, row, retryAfterMs: 0, expiredAt: null, rateLimit };
}

/** What there is to tell of the key in a row. */
export function describeFrom(replica: Replica, row: KeyRow, now: Instant): DescribedKey {
  const { keys, owners, accounts } = replica;
  const ownerRow = ownerRowOf(keys, row);
  const standing = standingAt(accounts, standingNumberOf(owners, ownerRow));
  const side = sideOf(keys, row);
  const kind = (flagsOf(keys, row) & WRITE_ONLY) === 0 ? 'master' : 'write_only';
  const end = side?.expiresAt ?? endOf(keys, row);
  const expiresAt = end === Number.POSITIVE_INFINITY ? null : (end as Instant);
  return {
    id: idAt(keys, row),
    kind,
    ownerId: ownerIdAt(owners, ownerRow),
    accountId: standing.account.id,
    expiresAt,
    isExpiring: isExpiring(expiresAt, now, standing.account.reminderDays),
    isNarrowed: side !== null && side.permissions !== null,
    permissions:
      side === null || side.permissions === null
        ? listedPermissions(standing, kind)
        : narrowedPermissions(side, kind, standing),
  };
}

function narrowedPermissions(side: KeySide, kind: KeyKind, standing: Standing): readonly Permission[] {
  const from = rightsOfStanding(standing);
  if (side.listed !== null && side.listed.from === from) return side.listed.permissions;
  const key = { kind, narrowing: side.permissions };
  const permissions = effectivePermissions(key, permissionsOf(standing), standing.account.catalogue);
  side.listed = { permissions, from };
  return permissions;
}

function fillQuestion(scratch: DecideScratch, question: LocalQuestion, account: AccountState): void {
  scratch.question.now = question.now;
  scratch.question.ip = question.ip;
  scratch.question.origin = question.origin;
  if (question.typeAndOperation === null) {
    scratch.question.operation = null;
    return;
  }
  scratch.operation.typeAndOperation = question.typeAndOperation;
  scratch.operation.resourceName = question.resourceName;
  scratch.operation.isIngestion = account.ingestion.has(question.typeAndOperation);
  scratch.question.operation = scratch.operation;
}

function narrowedRightsOf(side: KeySide, account: AccountState): Rights | null {
  if (side.permissions === null) return null;
  if (side.rights !== null && side.compiledAt === account.generation) return side.rights;
  side.rights = rightsOf(side.permissions, account.catalogue);
  side.compiledAt = account.generation;
  return side.rights;
}

/**
 * Takes one request from a rate limit and says how many milliseconds are missing, 0 for none. It comes last: a request that is
 * refused for another reason takes nothing.
 */
function takeFrom(side: KeySide, limit: RateLimit, now: Instant): number {
  const taken = takeFromRateLimit(limit, side.arrivalMs, now);
  if (!taken.isAllowed) return taken.retryAfterMs;
  side.arrivalMs = taken.theoreticalArrivalMs;
  return 0;
}

function noteWouldBeDenial(scratch: DecideScratch, replica: Replica, row: number): void {
  scratch.wouldBeDenials += 1;
  countWouldBeDenial(replica.usage, row);
}

function denied(
  replica: Replica,
  on: { row: number; secretRow: number; code: DecisionCode; now: number },
): LocalDecision {
  countDenial(replica.usage, on.row, on.code);
  const end = on.code === 'expired' ? endOf(replica.keys, on.secretRow) : Number.POSITIVE_INFINITY;
  // A forced end that is known from elsewhere has no time; an end to come is not when it ended.
  const expiredAt = end <= on.now ? (end as Instant) : null;
  return { code: on.code, row: on.row, retryAfterMs: 0, expiredAt, rateLimit: null };
}
