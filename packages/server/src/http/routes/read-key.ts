import { findKey } from '../../commands/find-key.ts';
import { type Implementation, reading } from '../call.ts';
import { presentKey } from '../present.ts';

/** `GET /v1/keys/{id}` (K9). */
export const readKeyRoute: Implementation<'read_key'> = reading({
  run: (deps, { context, ids }) => findKey(deps.commands, context, ids.id),
  present: (key, { incoming }) => presentKey(key, incoming.now),
});
