import type { Route } from '../route.ts';
import {
  applyPolicyBody,
  expirationApplication,
  expirationPreview,
  previewPolicyBody,
} from '../schemas/policy-application.ts';
import { FOR_ADMINISTRATIVE } from './shared.ts';

/** Bringing existing keys under the expiration policy: look first, then act on exactly that (E6). */
export const POLICY_APPLICATION_ROUTES = {
  preview_expiration_policy: {
    ...FOR_ADMINISTRATIVE,
    method: 'POST',
    path: '/v1/expiration-policy/preview',
    group: 'Settings',
    summary: 'See what applying the expiration policy to existing keys would do',
    description: 'Changes nothing. It covers the living keys of users whom you manage.',
    body: previewPolicyBody,
    answer: { status: 200, schema: expirationPreview },
  },
  apply_expiration_policy: {
    ...FOR_ADMINISTRATIVE,
    method: 'POST',
    path: '/v1/expiration-policy/apply',
    group: 'Settings',
    summary: 'Apply the expiration policy to existing keys',
    description:
      'Acts on exactly the previewed keys or, when any of them changed since, on none. It only ever shortens.',
    isSensitive: true,
    isIdempotent: true,
    body: applyPolicyBody,
    answer: { status: 200, schema: expirationApplication },
    events: ['key.expiry_shortened', 'expiration_policy.applied'],
    problems: ['preview_token_wrong', 'preview_expired', 'preview_used', 'preview_outdated'],
  },
} as const satisfies Record<string, Route>;
