import type { AnswerOf } from '@claviger/contract';
import { type CheckName, CODE_OF_CHECK, type ExplainedCheck, formatInstant, type Grant } from '@claviger/core';
import type { ExplainedDecision } from '../commands/explain-decision.ts';
import { type DecidedBy, detailOf } from './explanation-details.ts';
import { presentPermission } from './present.ts';

type Answer = AnswerOf<'explain'>;

/** A decision with all its checks, each with what was found in words and what decided it (P7). */
export function presentExplanation(decision: ExplainedDecision): Answer {
  const { code, checks } = decision.explanation;
  return {
    object: 'explanation',
    allow: code === 'allowed',
    code,
    at: formatInstant(decision.question.now),
    checks: checks.map((check) => presentCheck(decision, check)),
  };
}

function presentCheck(decision: ExplainedDecision, found: ExplainedCheck): Answer['checks'][number] {
  const { check, outcome, grants } = found;
  return {
    check,
    outcome,
    code: CODE_OF_CHECK[check],
    detail: detailOf(decision, found),
    decided_by: outcome === 'not_reached' ? null : deciderOf(decision, found),
    grants: grants.map((grant) => presentGrant(decision, grant)),
  };
}

function presentGrant(
  { policies, question }: ExplainedDecision,
  grant: Grant,
): Answer['checks'][number]['grants'][number] {
  const { policyId, permission, id } = grant;
  return {
    policy_id: policyId,
    policy_name: policies.find((policy) => policy.id === policyId)?.name ?? null,
    permission: presentPermission(permission),
    through: permission.operation === question.operation ? null : permission.operation,
    matched: id,
  };
}

/** The rules of the product behind each check. */
const RULES: Readonly<Record<CheckName, string>> = {
  forced_expiry: 'X1',
  expiry: 'E9',
  disabled: 'X4',
  owner_disabled: 'U5',
  ip_allowlist: 'I3',
  key_allowed_ips: 'K5',
  key_allowed_origins: 'K5',
  operation_known: 'P3',
  key_kind: 'K1',
  owner_permissions: 'P1',
  key_permissions: 'K5',
  rate_limit: 'K5',
};

function deciderOf(
  { key, owner, account, policies, allowlist }: ExplainedDecision,
  { check, grants }: ExplainedCheck,
): DecidedBy {
  const rule = RULES[check];
  switch (check) {
    case 'owner_disabled':
      return { kind: 'user', id: owner.id, name: owner.name, rule };
    case 'ip_allowlist': {
      const { id, name } = allowlist?.level === 'user' ? owner : account;
      const kind = allowlist?.level ?? 'account';
      return { kind, id, name, rule };
    }
    case 'operation_known':
      return { kind: 'account', id: account.id, name: account.name, rule };
    case 'key_kind':
      return { kind: 'rule', rule };
    case 'owner_permissions': {
      const policy = policies.find(({ id }) => id === grants[0]?.policyId);
      if (policy !== undefined) return { kind: 'policy', id: policy.id, name: policy.name, rule };
      return { kind: 'user', id: owner.id, name: owner.name, rule };
    }
    case 'forced_expiry':
    case 'expiry':
    case 'disabled':
    case 'key_allowed_ips':
    case 'key_allowed_origins':
    case 'key_permissions':
    case 'rate_limit':
      return { kind: 'key', id: key.id, name: key.name, rule };
  }
}
