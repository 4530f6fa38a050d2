import type { Key, KeyRotation } from './entities.ts';
import type { Unit } from './unit.ts';
import { currentKey, writeKey } from './write-key.ts';

/** Gives a key a new secret; the replaced one works until its end, an older one still in its overlap ends now (X5). */
export async function rotateKey(unit: Unit, key: Key, to: KeyRotation): Promise<Key> {
  const before = await currentKey(unit, key);
  const { now } = unit.context;
  await endOverlap(unit, key);
  await unit.db
    .updateTable('key_secrets')
    .set({ is_current: 0, ends_at: to.previousEndsAt })
    .where('key_id', '=', key.id)
    .where('is_current', '=', 1)
    .execute();
  await unit.db
    .insertInto('key_secrets')
    .values({
      digest: to.secret.digest,
      account_id: before.accountId,
      key_id: before.id,
      seal: to.secret.seal,
      hint: to.hint,
      created_at: now,
      ends_at: null,
      is_current: 1,
    })
    .execute();
  const after: Key = {
    ...before,
    hint: to.hint,
    expiresAt: to.expiresAt,
    rotation: { rotatedAt: now, previousEndsAt: to.previousEndsAt },
    // The new secret is one of ours, whatever text the key came with (K13).
    strength: 'full',
    ...(to.isEnabling ? { disabledAt: null, disabledReason: null, enabledAt: now } : {}),
  };
  await writeKey(unit, 'key.rotated', { before, after });
  return after;
}

/** Ends the overlap of a rotation now (X5, K12). */
export async function finishRotation(unit: Unit, key: Key): Promise<'finished' | 'no-overlap'> {
  const before = await currentKey(unit, key);
  const { now } = unit.context;
  if (before.rotation === null || before.rotation.previousEndsAt <= now) return 'no-overlap';
  await endOverlap(unit, key);
  const after: Key = { ...before, rotation: { ...before.rotation, previousEndsAt: now } };
  await writeKey(unit, 'key.rotation_finished', { before, after });
  return 'finished';
}

async function endOverlap(unit: Unit, key: Key): Promise<void> {
  const { now } = unit.context;
  await unit.db
    .updateTable('key_secrets')
    .set({ ends_at: now })
    .where('key_id', '=', key.id)
    .where('is_current', '=', 0)
    .where('ends_at', '>', now)
    .execute();
}
