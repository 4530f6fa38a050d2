import { type CompiledAllowlist, isExemptFromAllowlists } from './allowlists.ts';
import { type IpAddress, type IpRange, isInRange } from './ip-ranges.ts';
import { hasExpired } from './key-status.ts';
import type { KeyKind } from './key-text.ts';
import { isPermitted, type Rights } from './permissions.ts';
import { isInRangeSet } from './range-set.ts';
import type { Instant } from './time.ts';

/** Every answer a verifier can give, in the order in which the checks are made (after `allowed`). */
export const DECISION_CODES = [
  'allowed',
  'stale',
  'malformed',
  'not_found',
  'expired',
  'disabled',
  'owner_disabled',
  'ip_not_allowed',
  'origin_not_allowed',
  'no_route_rule',
  'write_only_key',
  'insufficient_permission',
  'rate_limited',
] as const;
export type DecisionCode = (typeof DECISION_CODES)[number];

/** What a caller wants to do; null asks only whether the key is good (`authenticate_only`). */
export type AskedOperation = {
  /** `type:operation`, for example `database:import`. */
  readonly typeAndOperation: string;
  readonly resourceName: string;
  /** Whether the account's catalogue marks the operation as ingestion (P3). */
  readonly isIngestion: boolean;
};

/** A question, once the presented secret has proved right. Time is decision time (E9). */
export type Question = {
  readonly now: Instant;
  readonly operation: AskedOperation | null;
  /** The client's address, or null when the question names none. */
  readonly ip: IpAddress | null;
  /** The `Origin` of a browser, or null. */
  readonly origin: string | null;
};

/** What a key is narrowed to, beside permissions (K5). Empty lists do not narrow. */
export type Bounds = {
  readonly allowedIps: readonly IpRange[];
  readonly allowedOrigins: readonly string[];
};

/** The facts about a presented key that decide. */
export type DecisionSubject = {
  readonly kind: KeyKind;
  readonly isForciblyExpired: boolean;
  /** When the presented secret ends: its own expiry or the end of its overlap, whichever is earlier (X5). */
  readonly secretEndsAt: Instant | null;
  readonly isDisabled: boolean;
  readonly isOwnerDisabled: boolean;
  /** The IP allowlist in force for the owner: their own, or the account's (I1); null when there is none. */
  readonly allowlist: CompiledAllowlist | null;
  readonly bounds: Bounds | null;
  readonly ownerRights: Rights;
  /** The key's own permissions, or null when it is not narrowed. */
  readonly narrowedRights: Rights | null;
};

/**
 * Decides on a key whose secret proved right; all checks but the rate limit, which has state and comes last.
 * The order is part of the interface: a caller learns of the first thing that is wrong.
 */
export function decisionOf(subject: DecisionSubject, question: Question): DecisionCode {
  if (subject.isForciblyExpired) return 'expired';
  if (subject.secretEndsAt !== null && hasExpired(subject.secretEndsAt, question.now)) return 'expired';
  if (subject.isDisabled) return 'disabled';
  if (subject.isOwnerDisabled) return 'owner_disabled';
  if (
    subject.allowlist !== null &&
    subject.allowlist.isEnforced &&
    isOffTheList(subject.allowlist, subject, question)
  ) {
    return 'ip_not_allowed';
  }
  if (subject.bounds !== null) {
    if (!isAddressAllowed(subject.bounds, question.ip)) return 'ip_not_allowed';
    if (!isOriginAllowed(subject.bounds, question.origin)) return 'origin_not_allowed';
  }
  return question.operation === null ? 'allowed' : decisionOnOperation(subject, question.operation);
}

/** Whether a decision that allows would be a denial, did the list in force not merely monitor (I7). */
export function wouldBeDenied(subject: DecisionSubject, question: Question): boolean {
  const { allowlist } = subject;
  return allowlist !== null && !allowlist.isEnforced && isOffTheList(allowlist, subject, question);
}

/** Effective right = owner's current rights ∩ kind ∩ narrowing (K1, K5). */
function decisionOnOperation(subject: DecisionSubject, operation: AskedOperation): DecisionCode {
  const { typeAndOperation, resourceName } = operation;
  if (subject.kind === 'write_only' && !operation.isIngestion) {
    // An operation that the catalogue does not know is `insufficient_permission` for everybody, whatever the key's kind.
    return subject.ownerRights.known.has(typeAndOperation) ? 'write_only_key' : 'insufficient_permission';
  }
  if (!isPermitted(subject.ownerRights, typeAndOperation, resourceName)) return 'insufficient_permission';
  if (subject.narrowedRights !== null && !isPermitted(subject.narrowedRights, typeAndOperation, resourceName)) {
    return 'insufficient_permission';
  }
  return 'allowed';
}

function isOffTheList(list: CompiledAllowlist, { kind }: DecisionSubject, { operation, ip }: Question): boolean {
  return !isExemptFromAllowlists(kind, operation) && !isInRangeSet(list.keyRanges, ip);
}

/** Where a list is in force and the question names no address, the answer is no (I8). */
function isAddressAllowed(bounds: Bounds, ip: IpAddress | null): boolean {
  if (bounds.allowedIps.length === 0) return true;
  if (ip === null) return false;
  for (const range of bounds.allowedIps) if (isInRange(range, ip)) return true;
  return false;
}

/** A key bound to origins is refused when the origin is absent, `null` or another (D15). */
function isOriginAllowed(bounds: Bounds, origin: string | null): boolean {
  return bounds.allowedOrigins.length === 0 || (origin !== null && bounds.allowedOrigins.includes(origin));
}
