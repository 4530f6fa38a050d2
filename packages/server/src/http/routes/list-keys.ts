import { parseInstant, parseUserId } from '@claviger/core';
import { type ListKeysInput, listKeys } from '../../commands/list-keys.ts';
import { type Call, type Implementation, reading } from '../call.ts';
import { given } from '../given.ts';
import { pageRequestOf } from '../page-of-list.ts';
import { presentKey, presentPage } from '../present.ts';

/** `GET /v1/keys` (K8, K9). */
export const listKeysRoute: Implementation<'list_keys'> = reading({
  run: (deps, { context, query }) => listKeys(deps.commands, context, inputOf(query)),
  present: (page, { incoming }) => presentPage(page, (key) => presentKey(key, incoming.now)),
});

function inputOf(query: Call<'list_keys'>['query']): ListKeysInput {
  return {
    page: pageRequestOf(query),
    ...given('ownerId', parseUserId(query.owner_id ?? '')),
    ...given('kind', query.kind),
    ...given('status', query.status),
    ...given('expiresBefore', parseInstant(query.expires_before ?? '')),
    ...given('unusedDays', query.unused_days),
    ...given('text', query.q),
  };
}
