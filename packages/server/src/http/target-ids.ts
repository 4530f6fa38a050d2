import type { Route } from '@claviger/contract';
import {
  type InvitationId,
  type KeyId,
  parseInvitationId,
  parseKeyId,
  parsePolicyId,
  parseSessionId,
  parseUserId,
  parseWebhookId,
  type PolicyId,
  type ResourceId,
  type SessionId,
  type UserId,
  type WebhookId,
} from '@claviger/core';

/** The ids in a path, by what the route says they name. */
export type TargetIds = {
  readonly none: { readonly id: null };
  readonly key: { readonly id: KeyId };
  readonly user: { readonly id: UserId };
  readonly policy: { readonly id: PolicyId };
  readonly policy_user: { readonly id: PolicyId; readonly userId: UserId };
  readonly session: { readonly id: SessionId };
  readonly invitation: { readonly id: InvitationId };
  readonly webhook: { readonly id: WebhookId };
};

type Target = Route['target'];
type Params = Readonly<Record<string, string | undefined>>;

const PARSERS: { readonly [T in Target]: (params: Params) => TargetIds[T] | null } = {
  none: () => ({ id: null }),
  key: (params) => named(parseKeyId(params['id'] ?? '')),
  user: (params) => named(parseUserId(params['id'] ?? '')),
  policy: (params) => named(parsePolicyId(params['id'] ?? '')),
  session: (params) => named(parseSessionId(params['id'] ?? '')),
  invitation: (params) => named(parseInvitationId(params['id'] ?? '')),
  webhook: (params) => named(parseWebhookId(params['id'] ?? '')),
  policy_user: (params) => {
    const id = parsePolicyId(params['id'] ?? '');
    const userId = parseUserId(params['user_id'] ?? '');
    return id === null || userId === null ? null : { id, userId };
  },
};

/** Parses the ids of a path; null when one is malformed, which is answered like an id that is not there. */
export function parseTargetIds<T extends Target>(target: T, params: unknown): TargetIds[T] | null {
  return PARSERS[target](paramsOf(params));
}

/** What a path names, for the audit log; null when nothing or nothing that could exist. */
export function resourceIdOf(target: Target, params: unknown): ResourceId | null {
  return parseTargetIds(target, params)?.id ?? null;
}

/** A path as it may be written down: its template, with those ids filled in that look like ids. */
export function safePath(template: string, params: unknown): string {
  const given = paramsOf(params);
  return template.replaceAll(/\{([a-z_]+)\}/g, (placeholder, name: string) => {
    const value = given[name] ?? '';
    return /^[a-z]{3,4}_[0-9A-Za-z]{12,20}$/.test(value) ? value : placeholder;
  });
}

function named<Id>(id: Id | null): { readonly id: Id } | null {
  return id === null ? null : { id };
}

/** The router's params are texts by name; the types of the framework do not say so. */
function paramsOf(params: unknown): Params {
  return typeof params === 'object' && params !== null ? (params as Params) : {};
}
