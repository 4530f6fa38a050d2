import { finishRotation } from '../../commands/finish-rotation.ts';
import { changing, type Implementation } from '../call.ts';
import { presentKey } from '../present.ts';

/** `POST /v1/keys/{id}/rotate/finish` (X5). */
export const finishRotationRoute: Implementation<'finish_rotation'> = changing({
  run: (deps, { context, ids }) => finishRotation(deps.commands, context, ids.id),
  present: (key, { now }) => presentKey(key, now),
});
