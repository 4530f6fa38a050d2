import { enableKey } from '../../commands/enable-key.ts';
import { changing, type Implementation } from '../call.ts';
import { presentKey } from '../present.ts';

/** `POST /v1/keys/{id}/enable` (X4). */
export const enableKeyRoute: Implementation<'enable_key'> = changing({
  run: (deps, { context, ids }) => enableKey(deps.commands, context, ids.id),
  present: (key, { now }) => presentKey(key, now),
});
