import type { ProblemDefinition } from './definition.ts';

/** Refusals of second factors (U7). */
export const SECOND_FACTOR_PROBLEMS = {
  second_factor_required: {
    status: 401,
    title: 'Second factor required',
    example: 'The password is right, and a second factor is set up. Send a code beside the password.',
    members: {},
    bearerError: null,
  },
  second_factor_wrong: {
    status: 422,
    title: 'Wrong code',
    example: 'The code does not fit, or was used before. Each works once: wait for the next one.',
    members: {},
  },
  second_factor_exists: {
    status: 409,
    title: 'Second factor exists',
    example: 'One-time passwords are set up already. Remove them first to set them up anew.',
    members: {},
  },
  second_factor_missing: {
    status: 422,
    title: 'No second factor',
    example: 'No one-time passwords are set up, or have been begun. Set them up first.',
    members: {},
  },
} as const satisfies Record<string, ProblemDefinition>;
