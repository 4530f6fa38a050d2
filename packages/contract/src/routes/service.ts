import { BATCH_BODY_BYTES_LARGEST } from '@claviger/core';
import type { Route } from '../route.ts';
import { health, openApiAnswer } from '../schemas/service.ts';
import { decision, decisions, question, questionsBody } from '../schemas/verification.ts';
import { FOR_NOBODY, FOR_VERIFY_KEYS } from './shared.ts';

/** Verification, health and the description of this API. */
export const SERVICE_ROUTES = {
  verify_key: {
    ...FOR_VERIFY_KEYS,
    method: 'POST',
    path: '/v1/keys/verify',
    group: 'Verification',
    summary: 'Decide on a presented key',
    description: 'A refused key is a normal answer: 200 with `allow: false` and a code.',
    body: question,
    answer: { status: 200, schema: decision },
  },
  verify_keys: {
    ...FOR_VERIFY_KEYS,
    method: 'POST',
    path: '/v1/keys/verify-batch',
    group: 'Verification',
    summary: 'Decide on up to 1,000 presented keys',
    body: questionsBody,
    bodyBytesLargest: BATCH_BODY_BYTES_LARGEST,
    answer: { status: 200, schema: decisions },
  },
  livez: {
    ...FOR_NOBODY,
    listener: 'every',
    method: 'GET',
    path: '/livez',
    group: 'Service',
    summary: 'Find out whether the process lives',
    answer: { status: 200, schema: health },
  },
  readyz: {
    ...FOR_NOBODY,
    listener: 'every',
    method: 'GET',
    path: '/readyz',
    group: 'Service',
    summary: 'Find out whether this listener can do its work',
    description:
      'On the data plane it is not ready until the first state is loaded and while verification is stale; on the control plane while its database does not answer.',
    answer: { status: 200, schema: health },
    problems: ['not_ready'],
  },
  openapi: {
    ...FOR_NOBODY,
    method: 'GET',
    path: '/openapi.json',
    group: 'Service',
    summary: 'Read the description of this API',
    answer: { status: 200, schema: openApiAnswer },
  },
} as const satisfies Record<string, Route>;
