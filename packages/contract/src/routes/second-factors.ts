import type { Route } from '../route.ts';
import { confirmTotpBody, recoveryCodesObject, secondFactorsObject, totpSetup } from '../schemas/second-factors.ts';
import { FOR_SESSIONS } from './shared.ts';

const FACTORS = { ...FOR_SESSIONS, group: 'Access', isSensitive: true } as const satisfies Partial<Route>;

/** Second factors: what is asked for beside the password (U7, U8). */
export const SECOND_FACTOR_ROUTES = {
  list_second_factors: {
    ...FOR_SESSIONS,
    method: 'GET',
    path: '/v1/me/second-factors',
    group: 'Access',
    summary: 'Read which second factors you have',
    answer: { status: 200, schema: secondFactorsObject },
  },
  begin_totp: {
    ...FACTORS,
    method: 'POST',
    path: '/v1/me/second-factors/totp',
    summary: 'Begin to set up one-time passwords',
    description: 'They count for nothing until a first code is shown. Begun again, the secret before works no more.',
    answer: { status: 201, schema: totpSetup },
    problems: ['second_factor_exists'],
  },
  remove_totp: {
    ...FACTORS,
    method: 'DELETE',
    path: '/v1/me/second-factors/totp',
    summary: 'Remove your one-time passwords',
    description: 'The recovery codes go with them.',
    answer: { status: 204, schema: null },
    events: ['second_factor.removed'],
  },
  confirm_totp: {
    ...FACTORS,
    method: 'POST',
    path: '/v1/me/second-factors/totp/confirm',
    summary: 'Confirm one-time passwords with a first code',
    description: 'From then on signing in asks for a code. The answer has ten recovery codes, which no other shows.',
    isIdempotent: true,
    body: confirmTotpBody,
    answer: { status: 200, schema: recoveryCodesObject },
    events: ['second_factor.added'],
    problems: ['second_factor_exists', 'second_factor_missing', 'second_factor_wrong', 'too_many_attempts'],
  },
  create_recovery_codes: {
    ...FACTORS,
    method: 'POST',
    path: '/v1/me/second-factors/recovery-codes',
    summary: 'Make new recovery codes',
    description: 'Those before work no more.',
    isIdempotent: true,
    answer: { status: 201, schema: recoveryCodesObject },
    events: ['second_factor.recovery_codes_created'],
    problems: ['second_factor_missing'],
  },
} as const satisfies Record<string, Route>;
