import { createKey } from '../../commands/create-key.ts';
import { changing, type Implementation } from '../call.ts';
import { createKeyInput } from '../create-key-input.ts';
import { presentKeyWithSecret } from '../present.ts';

/** `POST /v1/keys` (K3): the answer holds the only copy of the secret there will ever be (K7). */
export const createKeyRoute: Implementation<'create_key'> = changing({
  run: (deps, { context, body }) => createKey(deps.commands, context, createKeyInput(body)),
  present: presentKeyWithSecret,
});
