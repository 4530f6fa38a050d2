import { openApiDocument } from '@claviger/contract';
import { ok } from '@claviger/core';
import { type Implementation, reading } from '../call.ts';

/** `GET /openapi.json`: made from the same table and schemas that parse. */
export const openapiRoute: Implementation<'openapi'> = reading({
  run: async (deps) => ok(openApiDocument(deps.publicUrl().origin)),
  present: (document) => ({ ...document }),
});
