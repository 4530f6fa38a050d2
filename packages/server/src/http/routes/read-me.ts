import type { AnswerOf } from '@claviger/contract';
import { formatInstant, FRESH_PROOF_MS, ok, plusMs } from '@claviger/core';
import { describeMe, type Me } from '../../commands/describe-me.ts';
import type { Caller } from '../../commands/deps.ts';
import { type Implementation, reading } from '../call.ts';
import { presentAccount, presentPermission, presentUser } from '../present.ts';

/** `GET /v1/me`: the one thing that a narrowed key may read (K14). */
export const readMeRoute: Implementation<'read_me'> = reading({
  run: async (deps, { context }) => {
    const me = await describeMe(deps.commands, context);
    return me.ok ? ok({ me: me.value, caller: context.caller }) : me;
  },
  present: ({ me, caller }) => ({
    object: 'me',
    account: presentAccount(me.account),
    user: presentUser(me.user),
    credential: presentCredential(caller),
    permissions: me.permissions.map(presentPermission),
    banners: presentBanners(me),
  }),
});

type Wire = AnswerOf<'read_me'>;

function presentCredential({ credential }: Caller): Wire['credential'] {
  if (credential.kind === 'key') {
    return { kind: 'master_key', id: credential.keyId, fresh_until: null, narrowed: credential.isNarrowed };
  }
  const freshUntil = formatInstant(plusMs(credential.provenAt, FRESH_PROOF_MS));
  return { kind: 'session', id: credential.sessionId, fresh_until: freshUntil, narrowed: false };
}

/** R3: the keys that are about to expire. The list of keys has the rest when there are more. */
function presentBanners(me: Me): Wire['banners'] {
  const keys = me.expiring.flatMap(({ key }) =>
    key.expiresAt === null
      ? []
      : [{ id: key.id, name: key.name, owner_id: key.ownerId, expires_at: formatInstant(key.expiresAt) }],
  );
  return keys.length === 0 ? [] : [{ kind: 'keys_expiring', keys, has_more: me.isMoreExpiring }];
}
