import type { Route } from '../route.ts';
import { emptyBody } from '../schemas/empty.ts';
import { explainBody, explanation } from '../schemas/explanation.ts';
import { listOf, pageQuery } from '../schemas/page.ts';
import {
  createPolicyBody,
  editPolicyBody,
  policyAttachment,
  policyObject,
  setPolicyPermissionsBody,
} from '../schemas/policies.ts';
import { FOR_ADMINISTRATIVE, FOR_EVERYBODY } from './shared.ts';

const ON_ONE_POLICY = { ...FOR_ADMINISTRATIVE, group: 'Policies', target: 'policy' } as const satisfies Partial<Route>;

/** Policies and who has them (P5). */
export const POLICY_ROUTES = {
  list_policies: {
    ...FOR_EVERYBODY,
    method: 'GET',
    path: '/v1/policies',
    group: 'Policies',
    summary: 'List policies',
    description: 'The Owner and administrators see all, restricted users those they have.',
    query: pageQuery,
    answer: { status: 200, schema: listOf(policyObject) },
    problems: ['bad_cursor'],
  },
  create_policy: {
    ...FOR_ADMINISTRATIVE,
    method: 'POST',
    path: '/v1/policies',
    group: 'Policies',
    summary: 'Create a policy',
    isIdempotent: true,
    body: createPolicyBody,
    answer: { status: 201, schema: policyObject },
    events: ['policy.created'],
    problems: ['unknown_permission'],
  },
  read_policy: {
    ...FOR_EVERYBODY,
    method: 'GET',
    path: '/v1/policies/{id}',
    group: 'Policies',
    summary: 'Read a policy',
    target: 'policy',
    answer: { status: 200, schema: policyObject },
  },
  edit_policy: {
    ...ON_ONE_POLICY,
    method: 'PATCH',
    path: '/v1/policies/{id}',
    summary: 'Change the name or description of a policy',
    body: editPolicyBody,
    answer: { status: 200, schema: policyObject },
    events: ['policy.changed'],
  },
  delete_policy: {
    ...ON_ONE_POLICY,
    method: 'DELETE',
    path: '/v1/policies/{id}',
    summary: 'Delete a policy',
    description: 'It is detached from everybody first; their keys lose what only it gave on the next verification.',
    answer: { status: 204, schema: null },
    events: ['policy.detached', 'policy.deleted'],
  },
  set_policy_permissions: {
    ...ON_ONE_POLICY,
    method: 'PUT',
    path: '/v1/policies/{id}/permissions',
    summary: 'Set what a policy permits',
    description: 'Takes effect on the next verification for everybody who has the policy.',
    body: setPolicyPermissionsBody,
    answer: { status: 200, schema: policyObject },
    events: ['policy.changed'],
    problems: ['unknown_permission'],
  },
  attach_policy: {
    ...ON_ONE_POLICY,
    method: 'PUT',
    path: '/v1/policies/{id}/users/{user_id}',
    summary: 'Attach a policy to a user',
    target: 'policy_user',
    body: emptyBody,
    answer: { status: 200, schema: policyAttachment },
    events: ['policy.attached'],
    problems: ['not_allowed', 'policy_limit_reached'],
  },
  detach_policy: {
    ...ON_ONE_POLICY,
    method: 'DELETE',
    path: '/v1/policies/{id}/users/{user_id}',
    summary: 'Detach a policy from a user',
    target: 'policy_user',
    answer: { status: 204, schema: null },
    events: ['policy.detached'],
    problems: ['not_allowed'],
  },
  explain: {
    ...FOR_EVERYBODY,
    method: 'POST',
    path: '/v1/explain',
    group: 'Policies',
    summary: 'Explain what a key may do',
    description:
      'Every check of a decision with its outcome and what decided it. Changes nothing and uses up no rate limit. Restricted users ask about their own keys.',
    body: explainBody,
    answer: { status: 200, schema: explanation },
    problems: ['not_found'],
  },
} as const satisfies Record<string, Route>;
