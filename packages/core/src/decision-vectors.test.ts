import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { allowlistInForce, type CompiledAllowlist, compileAllowlist, type IpAllowlist } from './allowlists.ts';
import { findOperation, type ResourceCatalogue } from './catalogue.ts';
import { type DecisionCode, decisionOf, type Question } from './decision.ts';
import { explain } from './explanation.ts';
import { keyIdOf, type PolicyId } from './ids.ts';
import { type IpRange, parseIpAddress, parseIpRange } from './ip-ranges.ts';
import { type KeyKind, parseKeyText, presentedText } from './key-text.ts';
import type { UserType } from './management.ts';
import { type Permission, type Permissions, rightsOf, unionOf } from './permissions.ts';
import { takeFromRateLimit } from './rate-limit.ts';
import { instant } from './time.ts';
import { parseVersion } from './version.ts';

type WirePermission = { readonly resource_type: string; readonly operation: string; readonly ids: readonly string[] };
type Account = {
  readonly type: 'account';
  readonly account_id: string;
  readonly ip_allowlist?: IpAllowlist;
  readonly catalogue: readonly {
    readonly name: string;
    readonly operations: readonly {
      readonly name: string;
      readonly is_ingestion: boolean;
      readonly includes: readonly string[];
    }[];
  }[];
};
type User = {
  readonly type: 'user';
  readonly user_id: string;
  readonly user_type: UserType;
  readonly is_disabled: boolean;
  readonly policy_ids: readonly string[];
  readonly ip_allowlist?: IpAllowlist;
};
type Policy = { readonly type: 'policy'; readonly policy_id: string; readonly permissions: readonly WirePermission[] };
type Key = {
  readonly type: 'key';
  readonly account_id: string;
  readonly key_id: string;
  readonly owner_id: string;
  readonly kind: KeyKind;
  readonly disabled_at: number | null;
  readonly forced_at: number | null;
  readonly permissions: readonly WirePermission[] | null;
  readonly allowed_ips: readonly string[];
  readonly allowed_origins: readonly string[];
  readonly rate_limit: { readonly requests: number; readonly per_seconds: number } | null;
  readonly secrets: readonly { readonly digest: string; readonly ends_at: number | null }[];
};
type WireQuestion = {
  readonly key: string;
  readonly operation?: string;
  readonly resource?: string;
  readonly authenticate_only?: true;
  readonly ip?: string;
  readonly origin?: string;
  readonly min_version?: string;
};
type Vectors = {
  readonly accepted_prefixes: readonly string[];
  readonly position: { readonly epoch: number; readonly n: number };
  readonly asker: { readonly account_ids: readonly string[]; readonly internal_key: string };
  readonly records: readonly (Account | User | Policy | Key | { readonly type: 'key_deleted' | 'internal_key' })[];
  readonly cases: readonly {
    readonly name: string;
    readonly rule: string;
    readonly now: number;
    readonly question: WireQuestion;
    readonly expected: {
      readonly allow: boolean;
      readonly code: DecisionCode;
      readonly status: number;
      readonly key_id: string | null;
    };
  }[];
};

const vectors = JSON.parse(readFileSync(new URL('../vectors/decision.json', import.meta.url), 'utf8')) as Vectors;

function only<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new Error(`the vectors lack ${what}`);
  return found;
}
const ofType = <T extends Vectors['records'][number]['type']>(type: T) =>
  vectors.records.filter((record): record is Extract<Vectors['records'][number], { type: T }> => record.type === type);

const fromWire = (list: readonly WirePermission[]): readonly Permission[] =>
  list.map(({ resource_type, operation, ids }) => ({ resourceType: resource_type, operation, ids }));

function catalogueOf(accountId: string): ResourceCatalogue {
  const account = only(
    ofType('account').find((of) => of.account_id === accountId),
    accountId,
  );
  return account.catalogue.map((type) => ({
    name: type.name,
    operations: type.operations.map((o) => ({ name: o.name, isIngestion: o.is_ingestion, includes: o.includes })),
  }));
}

function permissionsOf(owner: User): Permissions {
  if (owner.user_type !== 'restricted') return 'everything';
  return unionOf(
    ofType('policy')
      .filter((of) => owner.policy_ids.includes(of.policy_id))
      .map((of) => fromWire(of.permissions)),
  );
}

const arrivals = new Map<string, number>();

/** A verifier in the plainest form: what the vectors promise, said with the rules of this package alone. */
function answer(question: WireQuestion, nowMs: number): { readonly code: DecisionCode; readonly keyId: string | null } {
  const asked =
    question.min_version === undefined ? null : only(parseVersion(question.min_version) ?? undefined, 'version');
  if (asked !== null && asked.epoch !== vectors.position.epoch) return { code: 'stale', keyId: null };
  const reads = presentedText(question.key, vectors.accepted_prefixes);
  if (reads === 'malformed') return { code: 'malformed', keyId: null };
  const digest = createHash('sha256').update(question.key).digest('hex');
  const key = ofType('key').find((of) => of.secrets.some((secret) => secret.digest === digest));
  if (reads === 'internal' || key === undefined || !vectors.asker.account_ids.includes(key.account_id)) {
    return { code: 'not_found', keyId: null };
  }
  const code = decisionOf(subjectOf(key, digest), questionOf(question, key, nowMs));
  if (code !== 'allowed' || key.rate_limit === null) return { code, keyId: key.key_id };
  const limit = { requests: key.rate_limit.requests, perSeconds: key.rate_limit.per_seconds };
  const taken = takeFromRateLimit(limit, arrivals.get(key.key_id) ?? 0, nowMs);
  arrivals.set(key.key_id, taken.theoreticalArrivalMs);
  return { code: taken.isAllowed ? 'allowed' : 'rate_limited', keyId: key.key_id };
}

function subjectOf(key: Key, digest: string) {
  const owner = only(
    ofType('user').find((of) => of.user_id === key.owner_id),
    key.owner_id,
  );
  const catalogue = catalogueOf(key.account_id);
  const endsAt = only(
    key.secrets.find((of) => of.digest === digest),
    'secret',
  ).ends_at;
  return {
    kind: key.kind,
    isForciblyExpired: key.forced_at !== null,
    secretEndsAt: endsAt === null ? null : instant(endsAt),
    isDisabled: key.disabled_at !== null,
    isOwnerDisabled: owner.is_disabled,
    allowlist: compiledFor(key),
    bounds: {
      allowedIps: key.allowed_ips.map((text): IpRange => only(parseIpRange(text) ?? undefined, text)),
      allowedOrigins: key.allowed_origins,
    },
    ownerRights: rightsOf(permissionsOf(owner), catalogue),
    narrowedRights: key.permissions === null ? null : rightsOf(fromWire(key.permissions), catalogue),
  };
}

/** The list in force for a key's owner (I1). */
function listFor(key: Key): IpAllowlist | null {
  const account = ofType('account').find((of) => of.account_id === key.account_id)?.ip_allowlist ?? null;
  const user = ofType('user').find((of) => of.user_id === key.owner_id)?.ip_allowlist ?? null;
  return allowlistInForce({ account, user })?.list ?? null;
}

function compiledFor(key: Key): CompiledAllowlist | null {
  const list = listFor(key);
  const compiled = list === null ? null : compileAllowlist(list);
  if (compiled === 'malformed') throw new Error('the vectors hold a malformed list');
  return compiled;
}

function questionOf(wire: WireQuestion, key: Key, nowMs: number): Question {
  const [type = '', ...name] = (wire.resource ?? '').split(':');
  const operation = wire.operation ?? '';
  const known = findOperation(catalogueOf(key.account_id), type, operation);
  const asked = {
    typeAndOperation: `${type}:${operation}`,
    resourceName: name.join(':'),
    isIngestion: known?.isIngestion === true,
  };
  return {
    now: instant(nowMs),
    operation: wire.authenticate_only === true ? null : asked,
    ip: wire.ip === undefined ? null : parseIpAddress(wire.ip),
    origin: wire.origin ?? null,
  };
}

test.each(vectors.cases)('$rule: $name', ({ question, now, expected }) => {
  const { code, keyId } = answer(question, now);
  expect({ code, keyId, allow: code === 'allowed' }).toEqual({
    code: expected.code,
    keyId: expected.key_id,
    allow: expected.allow,
  });
});

/** The cases that get as far as a key and ask about an operation: those that can be explained. */
const explained = vectors.cases.flatMap(({ question, now, rule, name }) => {
  const digest = createHash('sha256').update(question.key).digest('hex');
  const key = ofType('key').find((of) => of.secrets.some((secret) => secret.digest === digest));
  if (key === undefined || question.authenticate_only === true) return [];
  return [{ name, rule, question, now, key, digest }];
});

test.each(explained)('$rule: $name, explained, is the same (P7)', ({ question, now, key, digest }) => {
  const subject = subjectOf(key, digest);
  const asked = questionOf(question, key, now);
  const [resourceType = '', ...resourceName] = (question.resource ?? '').split(':');
  const owner = only(
    ofType('user').find((of) => of.user_id === key.owner_id),
    key.owner_id,
  );
  const policies = ofType('policy').filter((of) => owner.policy_ids.includes(of.policy_id));
  const explanation = explain(
    {
      catalogue: catalogueOf(key.account_id),
      allowlist: listFor(key),
      key: {
        kind: key.kind,
        expiresAt: subject.secretEndsAt,
        disabledAt: key.disabled_at === null ? null : instant(key.disabled_at),
        forcedExpiry: key.forced_at === null ? null : { at: instant(key.forced_at) },
        allowedIps: key.allowed_ips,
        allowedOrigins: key.allowed_origins,
        permissions: key.permissions === null ? null : fromWire(key.permissions),
      },
      owner: {
        userType: owner.user_type,
        isDisabled: owner.is_disabled,
        policies: policies.map((of) => ({ id: of.policy_id as PolicyId, permissions: fromWire(of.permissions) })),
      },
    },
    {
      now: instant(now),
      resourceType,
      operation: question.operation ?? '',
      resourceName: resourceName.join(':'),
      ip: asked.ip,
      origin: asked.origin,
    },
  );
  expect(explanation.code).toBe(decisionOf(subject, asked));
});

test('the statuses are those of the dialects (D10)', () => {
  const statuses = { allowed: 200, rate_limited: 429, stale: 503 } as Readonly<Record<string, number>>;
  const unauthenticated = ['malformed', 'not_found', 'expired', 'disabled', 'owner_disabled'];
  for (const { expected } of vectors.cases) {
    expect(expected.status).toBe(statuses[expected.code] ?? (unauthenticated.includes(expected.code) ? 401 : 403));
  }
});

test('every key id in the table is that of a text of ours, and every code that a key can cause occurs', () => {
  for (const { question, expected } of vectors.cases) {
    const text = parseKeyText(question.key, vectors.accepted_prefixes);
    if (text !== null && expected.key_id !== null) expect(keyIdOf(text.idCharacters)).toBe(expected.key_id);
  }
  expect(new Set(vectors.cases.map(({ expected }) => expected.code)).size).toBe(12);
});
