import { secretsOf } from './keys.ts';
import { sealedKey } from './sealed-rows.ts';
import type { Key, KeyReassignment } from './entities.ts';
import type { Unit } from './unit.ts';
import { currentKey, writeKey } from './write-key.ts';

/** Gives a key to another user: its text, its end and what made it stay; a key that a promotion has disabled stays so (U3, U4). */
export async function reassignKey(unit: Unit, key: Key, to: KeyReassignment): Promise<void> {
  const before = await currentKey(unit, key);
  const isStopping = to.isDisabling && before.disabledAt === null;
  const after: Key = {
    ...before,
    ownerId: to.ownerId,
    permissions: to.permissions,
    ...(isStopping ? { disabledAt: unit.context.now, disabledReason: 'request' } : {}),
  };
  await sealAnew(unit, { before, after, seal: to.seal });
  // Owner and narrowing travel in one record: no verifier ever sees the one without the other.
  await writeKey(unit, 'key.reassigned', { before, after });
}

/** A row whose seal does not fit is nobody's key. It gets no new seal either: that would make it one (K7). */
async function sealAnew(
  unit: Unit,
  { before, after, seal }: { readonly before: Key; readonly after: Key } & Pick<KeyReassignment, 'seal'>,
): Promise<void> {
  for (const secret of await secretsOf(unit.db, before.id)) {
    if (!unit.deps.isSealed(sealedKey(before, secret.digest), secret.seal)) continue;
    await unit.db
      .updateTable('key_secrets')
      .set({ seal: seal(sealedKey(after, secret.digest)) })
      .where('key_id', '=', before.id)
      .where('digest', '=', secret.digest)
      .execute();
  }
}
