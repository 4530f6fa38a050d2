import { formatInstant, formatVersion } from '@claviger/core';
import { forceExpireKey } from '../../commands/force-expire-key.ts';
import { changing, type Implementation } from '../call.ts';
import { presentKey } from '../present.ts';

/** `POST /v1/keys/{id}/force-expire` (X1): in force here before it answers, which is what the receipt says (D6). */
export const forceExpireKeyRoute: Implementation<'force_expire_key'> = changing({
  run: (deps, { context, ids, body }) => {
    const { reason, note, include_descendants: isWithDescendants } = body;
    const input = { keyId: ids.id, reason, note: note ?? null, isWithDescendants: isWithDescendants ?? false };
    return forceExpireKey(deps.commands, context, input);
  },
  present: ({ shown }, { now, version }) => ({
    key: presentKey(shown, now),
    receipt: {
      version: version === null ? null : formatVersion(version),
      applied_by: version === null ? [] : [{ verifier: 'local', at: formatInstant(now) }],
      pending: [],
      lapsed: [],
      slowest_ms: version === null ? null : 0,
    },
  }),
});
