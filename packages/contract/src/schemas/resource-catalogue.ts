import { CATALOGUE_OPERATIONS_MOST, CATALOGUE_TYPES_MOST, OPERATION_NAME_LONGEST } from '@claviger/core';
import { z } from 'zod';
import { line } from './fields.ts';

const NAME_TEXT = `must be 1 to ${OPERATION_NAME_LONGEST} small letters, digits and underscores, a letter first`;
const OPERATIONS_TEXT = `must list at most ${CATALOGUE_OPERATIONS_MOST} operations`;
const TYPES_TEXT = `must list at most ${CATALOGUE_TYPES_MOST} resource types`;

const catalogueName = (): z.ZodString =>
  line(1, OPERATION_NAME_LONGEST, NAME_TEXT).regex(/^[a-z][a-z0-9_]*$/, { error: NAME_TEXT });

/** The catalogue to set, whole (P3). */
export const setResourceCatalogueBody = z
  .strictObject({
    resource_types: z
      .array(
        z.strictObject({
          name: catalogueName().describe(
            `The name of the type, 1 to ${OPERATION_NAME_LONGEST} small letters, digits and underscores.`,
          ),
          operations: z
            .array(
              z.strictObject({
                name: catalogueName().describe(
                  `The name of the operation, 1 to ${OPERATION_NAME_LONGEST} small letters, digits and underscores.`,
                ),
                ingestion: z
                  .boolean()
                  .default(false)
                  .describe('Whether it writes data in: all that a write-only key may ever do. It never changes.'),
                includes: z
                  .array(catalogueName(), { error: OPERATIONS_TEXT })
                  .max(CATALOGUE_OPERATIONS_MOST, { error: OPERATIONS_TEXT })
                  .default([])
                  .describe(
                    'Other operations of the type that this one brings along; an ingestion operation includes only such.',
                  ),
              }),
              { error: OPERATIONS_TEXT },
            )
            .max(CATALOGUE_OPERATIONS_MOST, { error: OPERATIONS_TEXT })
            .describe(`What can be done with resources of the type, at most ${CATALOGUE_OPERATIONS_MOST}.`),
        }),
        { error: TYPES_TEXT },
      )
      .max(CATALOGUE_TYPES_MOST, { error: TYPES_TEXT })
      .describe(`The kinds of things that permissions are about, at most ${CATALOGUE_TYPES_MOST}.`),
  })
  .meta({ id: 'SetResourceCatalogue', description: 'The resource types of an account with their operations.' });

/** What there is to permit in an account (P3). */
export const resourceCatalogue = z
  .strictObject({
    object: z.literal('resource_catalogue').describe('Always `resource_catalogue`.'),
    resource_types: z
      .array(
        z.strictObject({
          name: z.string().describe('The name of the type, for example `database`.'),
          operations: z
            .array(
              z.strictObject({
                name: z.string().describe('The name of the operation, for example `query`.'),
                ingestion: z.boolean().describe('Whether it writes data in: all that a write-only key may ever do.'),
                includes: z.array(z.string()).describe('Other operations of the type that this one brings along.'),
              }),
            )
            .describe('What can be done with resources of the type.'),
        }),
      )
      .describe('The kinds of things that permissions are about.'),
  })
  .meta({ id: 'ResourceCatalogue', description: 'The resource types of an account with their operations.' });
