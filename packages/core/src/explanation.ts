import { entryForKey, type IpAllowlist, isExemptFromAllowlists } from './allowlists.ts';
import { findOperation, type ResourceCatalogue, withIncluded } from './catalogue.ts';
import type { DecisionCode } from './decision.ts';
import type { PolicyId } from './ids.ts';
import { type IpAddress, isInRange, parseIpRange } from './ip-ranges.ts';
import { hasExpired, type KeyFacts } from './key-status.ts';
import type { KeyKind } from './key-text.ts';
import { GRANTS_SHOWN_MOST } from './limits.ts';
import { isAdministrative, type UserType } from './management.ts';
import { fitsId, type Permission } from './permissions.ts';
import type { Instant } from './time.ts';

/**
 * The checks behind a decision on a key whose secret proved right, in the order in which they are made. `malformed`,
 * `not_found` and `stale` are about a presented text and a verifier: there is neither when a key is named by its id (P7).
 */
export const CHECKS = [
  'forced_expiry',
  'expiry',
  'disabled',
  'owner_disabled',
  'ip_allowlist',
  'key_allowed_ips',
  'key_allowed_origins',
  'operation_known',
  'key_kind',
  'owner_permissions',
  'key_permissions',
  'rate_limit',
] as const;
export type CheckName = (typeof CHECKS)[number];

/** What each check answers when it fails. */
export const CODE_OF_CHECK: Readonly<Record<CheckName, Exclude<DecisionCode, 'allowed'>>> = {
  forced_expiry: 'expired',
  expiry: 'expired',
  disabled: 'disabled',
  owner_disabled: 'owner_disabled',
  ip_allowlist: 'ip_not_allowed',
  key_allowed_ips: 'ip_not_allowed',
  key_allowed_origins: 'origin_not_allowed',
  operation_known: 'insufficient_permission',
  key_kind: 'write_only_key',
  owner_permissions: 'insufficient_permission',
  key_permissions: 'insufficient_permission',
  rate_limit: 'rate_limited',
};

/** The facts about a key, its owner and its account that decide, with what is needed to name them. */
export type ExplainedSubject = {
  readonly key: KeyFacts & {
    readonly kind: KeyKind;
    /** Ranges as they are stored; an empty list does not narrow (K5). */
    readonly allowedIps: readonly string[];
    readonly allowedOrigins: readonly string[];
    /** The key's own permissions, or null when it is not narrowed. */
    readonly permissions: readonly Permission[] | null;
  };
  readonly owner: {
    readonly userType: UserType;
    readonly isDisabled: boolean;
    readonly policies: readonly { readonly id: PolicyId; readonly permissions: readonly Permission[] }[];
  };
  readonly catalogue: ResourceCatalogue;
  /** The IP allowlist in force for the owner (I1), or null. */
  readonly allowlist: IpAllowlist | null;
};

/** What would be asked of a verifier, and when (P7). */
export type ExplainedQuestion = {
  readonly now: Instant;
  readonly resourceType: string;
  readonly operation: string;
  readonly resourceName: string;
  readonly ip: IpAddress | null;
  readonly origin: string | null;
};

/** A permission that gives what was asked for: of a policy, or, with null, of the key's own narrowing. */
export type Grant = {
  readonly policyId: PolicyId | null;
  readonly permission: Permission;
  /** The first of the permission's `ids` that the resource's name fits. */
  readonly id: string;
};

/** What came of one check. `not_applicable`: there is nothing that it could look at, so it lets pass. */
export type CheckOutcome = 'pass' | 'fail' | 'not_reached' | 'not_applicable';

/** One check of an explanation. */
export type ExplainedCheck = {
  readonly check: CheckName;
  readonly outcome: CheckOutcome;
  /** The permissions that let it pass, some of them when they are very many; empty for checks that are about none. */
  readonly grants: readonly Grant[];
  /** The entry of a list that let it pass, or null. */
  readonly entry: string | null;
};

/** A decision with all its checks (P7). */
export type Explanation = { readonly code: DecisionCode; readonly checks: readonly ExplainedCheck[] };

type Finding = Pick<ExplainedCheck, 'outcome'> & Partial<ExplainedCheck>;

/**
 * Explains a decision: every check with its outcome, up to the first that fails (P7). It says the same as `decisionOf`, but
 * for the rate limit, which has a state that only verifiers know: it is told of and not asked.
 */
export function explain(subject: ExplainedSubject, question: ExplainedQuestion): Explanation {
  const checks: ExplainedCheck[] = [];
  let code: DecisionCode = 'allowed';
  for (const check of CHECKS) {
    const finding: Finding = code === 'allowed' ? FINDERS[check](subject, question) : { outcome: 'not_reached' };
    if (finding.outcome === 'fail') code = CODE_OF_CHECK[check];
    checks.push({ check, grants: [], entry: null, ...finding });
  }
  return { code, checks };
}

const FINDERS: Readonly<Record<CheckName, (subject: ExplainedSubject, question: ExplainedQuestion) => Finding>> = {
  forced_expiry: ({ key }) => passIf(key.forcedExpiry === null),
  // At the very instant of its expiry a key is dead (E9).
  expiry: ({ key }, { now }) => passIf(key.expiresAt === null || !hasExpired(key.expiresAt, now)),
  disabled: ({ key }) => passIf(key.disabledAt === null),
  owner_disabled: ({ owner }) => passIf(!owner.isDisabled),
  ip_allowlist: findInAllowlist,
  key_allowed_ips: ({ key }, { ip }) => findRange(key.allowedIps, ip),
  key_allowed_origins: ({ key }, { origin }) => findOrigin(key.allowedOrigins, origin),
  operation_known: (subject, question) => passIf(operationOf(subject, question) !== undefined),
  key_kind: (subject, question) =>
    passIf(subject.key.kind === 'master' || operationOf(subject, question)?.isIngestion === true),
  owner_permissions: (subject, question) =>
    // Known operations only come this far, and administrators may perform all of them (P1).
    isAdministrative(subject.owner.userType)
      ? { outcome: 'pass' }
      : passBy(
          subject.owner.policies.flatMap(({ id, permissions }) => grantsOf(permissions, id, { subject, question })),
        ),
  key_permissions: (subject, question) =>
    subject.key.permissions === null
      ? { outcome: 'not_applicable' }
      : passBy(grantsOf(subject.key.permissions, null, { subject, question })),
  rate_limit: () => ({ outcome: 'not_applicable' }),
};

/** I3, I8. A list that only monitors lets pass, with no entry to name (I7). */
function findInAllowlist(subject: ExplainedSubject, question: ExplainedQuestion): Finding {
  const { key, allowlist } = subject;
  const isIngestion = operationOf(subject, question)?.isIngestion === true;
  if (allowlist === null || isExemptFromAllowlists(key.kind, { isIngestion })) return { outcome: 'not_applicable' };
  const entry = entryForKey(allowlist, question.ip);
  if (entry !== null) return { outcome: 'pass', entry: entry.cidr };
  return passIf(allowlist.mode === 'monitor');
}

function passIf(isGood: boolean): Finding {
  return { outcome: isGood ? 'pass' : 'fail' };
}

function passBy(grants: readonly Grant[]): Finding {
  return { outcome: grants.length > 0 ? 'pass' : 'fail', grants: grants.slice(0, GRANTS_SHOWN_MOST) };
}

function operationOf({ catalogue }: ExplainedSubject, { resourceType, operation }: ExplainedQuestion) {
  return findOperation(catalogue, resourceType, operation);
}

/** Where a list is in force and the question names no address, the answer is no (I8). */
function findRange(ranges: readonly string[], ip: IpAddress | null): Finding {
  if (ranges.length === 0) return { outcome: 'not_applicable' };
  const entry = ranges.find((text) => {
    const range = parseIpRange(text);
    return range !== null && ip !== null && isInRange(range, ip);
  });
  return entry === undefined ? { outcome: 'fail' } : { outcome: 'pass', entry };
}

/** A key bound to origins is refused when the origin is absent or another (D15). */
function findOrigin(origins: readonly string[], origin: string | null): Finding {
  if (origins.length === 0) return { outcome: 'not_applicable' };
  return origin !== null && origins.includes(origin) ? { outcome: 'pass', entry: origin } : { outcome: 'fail' };
}

/**
 * Those of a list's permissions that alone give what was asked for; together they give no more than each alone (P1). Told
 * from the catalogue's inclusions directly: rights worked out for each of a million names would keep everybody waiting.
 */
function grantsOf(
  permissions: readonly Permission[],
  policyId: PolicyId | null,
  { subject, question }: { readonly subject: ExplainedSubject; readonly question: ExplainedQuestion },
): readonly Grant[] {
  const type = subject.catalogue.find(({ name }) => name === question.resourceType);
  if (type === undefined) return [];
  const giving = new Set(
    type.operations.filter(({ name }) => withIncluded(type, name).has(question.operation)).map(({ name }) => name),
  );
  return permissions.flatMap((permission) => {
    if (permission.resourceType !== type.name || !giving.has(permission.operation)) return [];
    const id = permission.ids.find((candidate) => fitsId(question.resourceName, candidate));
    return id === undefined ? [] : [{ policyId, permission, id }];
  });
}
