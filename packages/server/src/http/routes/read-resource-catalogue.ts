import { showCatalogue } from '../../commands/show-catalogue.ts';
import { type Implementation, reading } from '../call.ts';
import { presentCatalogue } from '../present-settings.ts';

/** `GET /v1/resource-catalogue` (P3). */
export const readResourceCatalogueRoute: Implementation<'read_resource_catalogue'> = reading({
  run: (deps, { context }) => showCatalogue(deps.commands, context),
  present: presentCatalogue,
});
