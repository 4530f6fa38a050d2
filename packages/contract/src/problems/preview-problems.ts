import { z } from 'zod';
import { member, type ProblemDefinition } from './definition.ts';

const previewedAt = {
  previewed_at: member(z.iso.datetime(), 'When the preview was made.', '2026-03-01T08:00:00.000Z'),
};

/** Refusals of acts on many keys, which are previewed first (E6, X6). */
export const PREVIEW_PROBLEMS = {
  preview_token_wrong: {
    status: 422,
    title: 'Wrong preview token',
    example: 'The token is none that you were given for this act. Preview again and send the new token.',
    members: {},
  },
  preview_expired: {
    status: 409,
    title: 'Preview expired',
    example: 'The preview of 2026-03-01T08:00:00.000Z is older than 60 minutes. Preview again and send the new token.',
    members: previewedAt,
  },
  preview_used: {
    status: 409,
    title: 'Preview acted on already',
    example: 'The preview of 2026-03-01T08:00:00.000Z was acted on already. Nothing more is done.',
    members: previewedAt,
  },
  preview_outdated: {
    status: 409,
    title: 'Preview outdated',
    example:
      'Since the preview of 2026-03-01T08:00:00.000Z some of its keys have changed, so nothing was done. Preview again and look at what differs.',
    members: previewedAt,
  },
} as const satisfies Record<string, ProblemDefinition>;
