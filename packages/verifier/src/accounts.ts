import {
  type AccountId,
  effectivePermissions,
  type KeyKind,
  type Permission,
  type Permissions,
  type PolicyId,
  type ResourceCatalogue,
  type Rights,
  rightsOf,
  unionOf,
  type UserType,
} from '@claviger/core';
import type { SharedAllowlist } from './shared-bounds.ts';

/** An account as decisions need it. It may be named by a key before its own record comes: then it is not yet known. */
export type AccountState = {
  readonly id: AccountId;
  isKnown: boolean;
  /** True while its last record was unreadable: none of its keys is decided on (D4). */
  isDenied: boolean;
  reminderDays: number;
  catalogue: ResourceCatalogue;
  /** The account's IP allowlist; it holds for users without one of their own (I1). */
  allowlist: SharedAllowlist | null;
  /** `type:operation` of every ingestion operation (P3). */
  ingestion: ReadonlySet<string>;
  /** Grows with every change of the catalogue or of a policy: rights worked out for an older one are worked out again. */
  generation: number;
  readonly policies: Map<PolicyId, readonly Permission[]>;
};

/**
 * What users with the same account, type, policies and IP allowlist may do. They share one object: users are many, and most
 * of them have the same few policies and no list of their own.
 */
export type Standing = {
  readonly account: AccountState;
  readonly userType: UserType;
  readonly policyIds: readonly PolicyId[];
  /** The users' own IP allowlist, or null (I1). */
  readonly allowlist: SharedAllowlist | null;
  /** How many users share it. */
  users: number;
  rights: Rights | null;
  /** What keys of each kind that are not narrowed may do, as answers list it; one list for all of them. */
  listed: Partial<Record<KeyKind, readonly Permission[]>>;
  /** The account's generation that `rights` and `listed` were worked out for. */
  compiledAt: number;
};

/** All accounts of a replica and the standings of their users. */
export type Accounts = {
  readonly byId: Map<AccountId, AccountState>;
  readonly standings: (Standing | null)[];
  readonly standingNumbers: Map<string, number>;
  readonly freeNumbers: number[];
};

/** No account at all. */
export function createAccounts(): Accounts {
  return { byId: new Map(), standings: [], standingNumbers: new Map(), freeNumbers: [] };
}

/** The account with this id, made when it is new. */
export function accountOf(accounts: Accounts, id: AccountId): AccountState {
  const known = accounts.byId.get(id);
  if (known !== undefined) return known;
  const account: AccountState = {
    id,
    isKnown: false,
    isDenied: false,
    reminderDays: 0,
    catalogue: [],
    allowlist: null,
    ingestion: new Set(),
    generation: 0,
    policies: new Map(),
  };
  accounts.byId.set(id, account);
  return account;
}

/** What an account's record says. */
type StatedFacts = Pick<AccountState, 'reminderDays' | 'catalogue' | 'allowlist'>;

/** Takes an account's record. */
export function putAccount(account: AccountState, facts: StatedFacts): void {
  account.isKnown = true;
  account.isDenied = false;
  account.reminderDays = facts.reminderDays;
  account.catalogue = facts.catalogue;
  account.allowlist = facts.allowlist;
  account.ingestion = new Set(
    facts.catalogue.flatMap((type) =>
      type.operations.filter(({ isIngestion }) => isIngestion).map(({ name }) => `${type.name}:${name}`),
    ),
  );
  account.generation += 1;
}

/** Takes a policy's permissions; null is a policy that gives nothing, because it was deleted or its record is unreadable. */
export function putPolicy(account: AccountState, id: PolicyId, permissions: readonly Permission[] | null): void {
  if (permissions === null) account.policies.delete(id);
  else account.policies.set(id, permissions);
  account.generation += 1;
}

/** What makes a standing the one it is. */
export type StandingFacts = Pick<Standing, 'account' | 'userType' | 'policyIds' | 'allowlist'>;

/** The number of the standing with these facts, counted as used once more. */
export function takeStanding(accounts: Accounts, facts: StandingFacts): number {
  const name = nameOf(facts);
  const known = accounts.standingNumbers.get(name);
  if (known !== undefined) {
    standingAt(accounts, known).users += 1;
    return known;
  }
  const number = accounts.freeNumbers.pop() ?? accounts.standings.length;
  accounts.standings[number] = { ...facts, users: 1, rights: null, listed: {}, compiledAt: -1 };
  accounts.standingNumbers.set(name, number);
  return number;
}

/** Gives a standing back; the last user takes it along. */
export function leaveStanding(accounts: Accounts, number: number): void {
  const standing = standingAt(accounts, number);
  standing.users -= 1;
  if (standing.users > 0) return;
  accounts.standingNumbers.delete(nameOf(standing));
  accounts.standings[number] = null;
  accounts.freeNumbers.push(number);
}

/** The standing with this number. */
export function standingAt(accounts: Accounts, number: number): Standing {
  return accounts.standings[number] as Standing;
}

/** What users of this standing may do right now (K4, P4): worked out at the first question after a change. */
export function rightsOfStanding(standing: Standing): Rights {
  if (standing.rights !== null && standing.compiledAt === standing.account.generation) return standing.rights;
  standing.rights = rightsOf(permissionsOf(standing), standing.account.catalogue);
  standing.listed = {};
  standing.compiledAt = standing.account.generation;
  return standing.rights;
}

/** What keys of this kind may do that are not narrowed (K5): the same list object for all of them until a change. */
export function listedPermissions(standing: Standing, kind: KeyKind): readonly Permission[] {
  rightsOfStanding(standing);
  const known = standing.listed[kind];
  if (known !== undefined) return known;
  const key = { kind, narrowing: null };
  const listed = effectivePermissions(key, permissionsOf(standing), standing.account.catalogue);
  standing.listed[kind] = listed;
  return listed;
}

/** The permissions of a standing: everything, or the union of its policies (P1). A policy that is not there gives nothing. */
export function permissionsOf(standing: Standing): Permissions {
  if (standing.userType !== 'restricted') return 'everything';
  return unionOf(standing.policyIds.map((id) => standing.account.policies.get(id) ?? []));
}

function nameOf(facts: StandingFacts): string {
  return `${facts.account.id} ${facts.userType} ${facts.policyIds.join(' ')} ${facts.allowlist?.text ?? ''}`;
}
