import { z } from 'zod';
import { member, type ProblemDefinition, RETRY_AFTER_SECONDS } from './definition.ts';

/** What is wrong with the service, not with the request. */
export const SERVICE_PROBLEMS = {
  internal_fault: {
    status: 500,
    title: 'Internal fault',
    example: 'Something broke here. The log has it under this request id.',
    members: {},
  },
  storage_unavailable: {
    status: 503,
    title: 'Storage unavailable',
    example: 'The database does not answer. Nothing was changed; try again in 30 seconds.',
    members: RETRY_AFTER_SECONDS,
  },
  stale: {
    status: 503,
    title: 'Verifier is behind',
    example: 'This verifier has not confirmed to be current within its staleness bound, and does not guess.',
    members: RETRY_AFTER_SECONDS,
  },
  not_ready: {
    status: 503,
    title: 'Not ready',
    example: 'Not ready: the database does not answer.',
    members: { reasons: member(z.array(z.string()), 'What is not ready, one by one.', ['storage']) },
  },
  shutting_down: {
    status: 503,
    title: 'Shutting down',
    example: 'This server is stopping and takes no new requests. Nothing was changed.',
    members: RETRY_AFTER_SECONDS,
  },
} as const satisfies Record<string, ProblemDefinition>;
