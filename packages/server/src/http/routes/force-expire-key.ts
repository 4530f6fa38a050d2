import { forceExpireKey } from '../../commands/force-expire-key.ts';
import { changing, type Implementation } from '../call.ts';
import { presentKey } from '../present.ts';
import { presentReceipt } from '../present-receipt.ts';

/** `POST /v1/keys/{id}/force-expire` (X1): in force here before it answers, which is what the receipt says (D6). */
export const forceExpireKeyRoute: Implementation<'force_expire_key'> = changing({
  run: (deps, { context, ids, body }) => {
    const { reason, note, include_descendants: isWithDescendants } = body;
    const input = { keyId: ids.id, reason, note: note ?? null, isWithDescendants: isWithDescendants ?? false };
    return forceExpireKey(deps.commands, context, input);
  },
  present: ({ shown }, view) => ({ key: presentKey(shown, view.now), receipt: presentReceipt(view) }),
});
