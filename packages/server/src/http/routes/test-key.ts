import { formatInstant, formatVersion, isExpiring, ok, Secret } from '@claviger/core';
import { testKey } from '../../commands/test-key.ts';
import { type Implementation, reading } from '../call.ts';
import { presentPermission } from '../present.ts';

/** `POST /v1/keys/test`: the decision on a key of the caller's; of everybody else's it is `not_found`. */
export const testKeyRoute: Implementation<'test_key'> = reading({
  run: async (deps, { context, body }) => {
    const tested = await testKey(deps.commands, context, { key: new Secret(body.key) });
    return tested.ok ? ok({ tested: tested.value, position: deps.verifier.position() }) : tested;
  },
  present: ({ tested: { code, shown, permissions }, position }, { incoming }) => ({
    object: 'decision',
    allow: code === 'allowed',
    code,
    version: position === null ? null : formatVersion(position),
    key:
      shown === null
        ? null
        : {
            id: shown.key.id,
            kind: shown.key.kind,
            name: shown.key.name,
            owner_id: shown.key.ownerId,
            expires_at: shown.key.expiresAt === null ? null : formatInstant(shown.key.expiresAt),
            expiring: isExpiring(shown.key.expiresAt, incoming.now, shown.reminderDays),
          },
    account_id: shown === null ? null : shown.key.accountId,
    permissions: permissions.map(presentPermission),
  }),
});
