import { changeCatalogue } from '../../commands/change-catalogue.ts';
import { changing, type Implementation } from '../call.ts';
import { presentCatalogue } from '../present-settings.ts';

/** `PUT /v1/resource-catalogue` (P3, U8). */
export const setResourceCatalogueRoute: Implementation<'set_resource_catalogue'> = changing({
  run: (deps, { context, body }) =>
    changeCatalogue(
      deps.commands,
      context,
      body.resource_types.map(({ name, operations }) => ({
        name,
        operations: operations.map((operation) => ({
          name: operation.name,
          isIngestion: operation.ingestion,
          includes: operation.includes,
        })),
      })),
    ),
  present: presentCatalogue,
});
