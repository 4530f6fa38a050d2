import { z } from 'zod';

/** The answer of a health check that is well (D14). */
export const health = z
  .strictObject({
    object: z.literal('health').describe('Always `health`.'),
    status: z.literal('ok').describe('Always `ok`: what is not well answers 503 with a problem.'),
  })
  .meta({ id: 'Health', description: 'All is well.' });

/** The description of this API. */
export const openApiAnswer = z
  .record(z.string(), z.unknown())
  .meta({ id: 'OpenApi', description: 'An OpenAPI 3.1 document.' });
