import { createHash, createHmac, generateKeyPairSync, sign, verify } from 'node:crypto';
import {
  type AccountId,
  DAY_MS,
  DEFAULT_CATALOGUE,
  drawIdCharacters,
  type Instant,
  instant,
  type InternalKeyId,
  internalKeyIdOf,
  keyIdOf,
  type KeyId,
  NEVER_EXPIRES,
  newAccountId,
  newEventId,
  newPolicyId,
  newSessionId,
  newUserId,
  type Origin,
  plusMs,
  type RandomBytes,
} from '@claviger/core';
import type { Account, InternalKey, NewKey, NewSecret, Policy, Session, User } from '../entities.ts';
import { sealedInternalKey, sealedKey } from '../sealed-rows.ts';
import type { ChangeContext } from '../store.ts';
import type { SealedRow, StoreDeps } from '../store-deps.ts';

/** Everything in these tests happens at this instant, give or take. */
export const NOW: Instant = instant(Date.UTC(2026, 10, 23, 12));

/** Who asks, in all tests that do not care. */
export const ORIGIN: Origin = {
  actor: { kind: 'system', part: 'contract-test' },
  ipAddress: '203.0.113.7',
  userAgent: 'contract/1',
  httpMethod: 'POST',
  path: '/v1/keys',
  requestId: 'req_1',
};

/** The outside world of a store under test: real hashes, seals and signatures, drawn from a fixed seed. */
export type Installation = {
  readonly deps: StoreDeps;
  /** Key ids whose seals did not fit. */
  readonly broken: string[];
  readonly randomBytes: RandomBytes;
  /** Seals a row. */
  readonly seal: (row: SealedRow) => string;
  /** A secret for a key, sealed; its digest is drawn. */
  secretFor(key: Pick<NewKey, 'accountId' | 'id' | 'ownerId' | 'kind'>): NewSecret;
};

const SEED = 20_261_123;

/** A new installation; two of them share no keys. */
export function newInstallation(): Installation {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const randomBytes = seededBytes(SEED);
  const broken: string[] = [];
  const deps: StoreDeps = {
    sha256,
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('hex'),
    isSigned: (text, signature) => verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'hex')),
    isSealed: (row, seal) => seal === sealOf(row),
    newEventId: () => newEventId(randomBytes),
    onBrokenSeal: (keyId) => broken.push(keyId),
  };
  const secretFor: Installation['secretFor'] = (key) => {
    const digest = sha256(Buffer.from(randomBytes(32)).toString('hex'));
    return { digest, seal: sealOf(sealedKey(key, digest)) };
  };
  return { deps, broken, randomBytes, seal: sealOf, secretFor };
}

/** SHA-256 of a text, hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function sealOf(row: object): string {
  return `1:${createHmac('sha256', 'sealing key of the contract tests').update(JSON.stringify(row)).digest('hex')}`;
}

/** Bytes of a small generator with a fixed seed: a failing test fails again. */
function seededBytes(seed: number): RandomBytes {
  let state = seed;
  return (count) =>
    Uint8Array.from({ length: count }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    });
}

/** A change of an account, now, without an Idempotency-Key. */
export function contextOf(accountId: AccountId | null, rest: Partial<ChangeContext> = {}): ChangeContext {
  return { accountId, origin: ORIGIN, now: NOW, storable: NOW, replay: null, ...rest };
}

/** A new account. */
export function newAccount(on: Installation, rest: Partial<Account> = {}): Account {
  return {
    id: newAccountId(on.randomBytes),
    name: 'Northwind',
    createdAt: NOW,
    defaultKeys: 'both',
    reminderDays: 30,
    catalogue: DEFAULT_CATALOGUE,
    expiration: { lifespans: NEVER_EXPIRES, usersMayOnlyShorten: false },
    hasManagementByKeys: true,
    reminderSteps: [7, 1, 0],
    signIn: { passwordShortest: 12, secondFactor: 'none', sessionIdleMinutes: 120, sessionLongestHours: 24 },
    idleRule: null,
    auditRetentionDays: null,
    ipAllowlist: null,
    ...rest,
  };
}

/** A new restricted user with an address of their own. */
export function newUser(on: Installation, accountId: AccountId, rest: Partial<User> = {}): User {
  const id = newUserId(on.randomBytes);
  return {
    id,
    accountId,
    name: 'Ann',
    email: `${id}@example.com`,
    userType: 'restricted',
    isServiceAccount: false,
    contacts: [],
    createdAt: NOW,
    disabledAt: null,
    expiration: {},
    policyIds: [],
    endsReportedKeys: false,
    ipAllowlist: null,
    ...rest,
  };
}

/** A new key of a user. */
export function newKey(on: Installation, owner: Pick<User, 'accountId' | 'id'>, rest: Partial<NewKey> = {}): NewKey {
  const facts = {
    id: newKeyId(on),
    accountId: owner.accountId,
    ownerId: owner.id,
    kind: 'master',
    name: 'nightly import',
    hint: 'clv_master_4fQ2…x9Kd',
    strength: 'full',
    createdAt: NOW,
    createdBy: owner.id,
    createdByKeyId: null,
    lifespan: null,
    expiresAt: null,
    permissions: null,
    allowedIps: [],
    allowedOrigins: [],
    rateLimit: null,
    metadata: {},
    ...rest,
  } as const satisfies Omit<NewKey, 'secret'>;
  return { ...facts, secret: rest.secret ?? on.secretFor(facts) };
}

/** An id no key has had. */
export function newKeyId(on: Installation): KeyId {
  return keyIdOf(drawIdCharacters(on.randomBytes));
}

/** A new policy. */
export function newPolicy(on: Installation, accountId: AccountId, rest: Partial<Policy> = {}): Policy {
  return {
    id: newPolicyId(on.randomBytes),
    accountId,
    name: 'importers',
    description: null,
    permissions: [{ resourceType: 'database', operation: 'import', ids: ['sales'] }],
    createdAt: NOW,
    ...rest,
  };
}

/** A new session. */
export function newSession(
  on: Installation,
  user: Pick<User, 'accountId' | 'id'>,
  rest: Partial<Session> = {},
): Session {
  const id = newSessionId(on.randomBytes);
  return {
    id,
    accountId: user.accountId,
    userId: user.id,
    digest: sha256(id),
    createdAt: NOW,
    lastSeenAt: NOW,
    provenAt: NOW,
    endedAt: null,
    ipAddress: '203.0.113.7',
    userAgent: 'Mozilla/5.0',
    ...rest,
  };
}

/** A new internal key and its sealed secret. */
export function newInternalKey(
  on: Installation,
  rest: Partial<InternalKey> = {},
): { readonly key: InternalKey; readonly secret: NewSecret } {
  const id: InternalKeyId = internalKeyIdOf(drawIdCharacters(on.randomBytes));
  const key: InternalKey = { id, purpose: 'verify', accountIds: [], createdAt: NOW, endedAt: null, ...rest };
  const digest = sha256(id);
  return { key, secret: { digest, seal: sealOf(sealedInternalKey(key, digest)) } };
}

/** The instant so many days from now. */
export function inDays(days: number): Instant {
  return days >= 0 ? plusMs(NOW, days * DAY_MS) : instant(NOW + days * DAY_MS);
}
