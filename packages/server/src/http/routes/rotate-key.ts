import { rotateKey } from '../../commands/rotate-key.ts';
import { changing, type Implementation } from '../call.ts';
import { presentKeyWithSecret } from '../present.ts';

/** `POST /v1/keys/{id}/rotate` (X5). */
export const rotateKeyRoute: Implementation<'rotate_key'> = changing({
  run: (deps, { context, ids, body }) =>
    rotateKey(deps.commands, context, { keyId: ids.id, overlapSeconds: body.overlap_seconds }),
  present: presentKeyWithSecret,
});
