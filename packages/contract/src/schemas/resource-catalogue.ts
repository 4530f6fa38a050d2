import { z } from 'zod';

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
