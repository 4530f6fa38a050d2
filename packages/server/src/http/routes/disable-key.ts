import { disableKey } from '../../commands/disable-key.ts';
import { changing, type Implementation } from '../call.ts';
import { presentKey } from '../present.ts';

/** `POST /v1/keys/{id}/disable` (X4). */
export const disableKeyRoute: Implementation<'disable_key'> = changing({
  run: (deps, { context, ids }) => disableKey(deps.commands, context, ids.id),
  present: (key, { now }) => presentKey(key, now),
});
