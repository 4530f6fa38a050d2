import type { Key } from './entities.ts';
import type { IdleKeyChanges } from './idle-key-store.ts';
import { note, type Unit } from './unit.ts';

/** Keeps what the idle rule did (E14); disabling a key is a change of keys. */
export function idleKeyChanges(unit: Unit): IdleKeyChanges {
  return {
    report: (key) => report(unit, key),
    keepTold: async (accountId) => {
      const told_at = unit.context.now;
      await unit.db.updateTable('idle_rules').set({ told_at }).where('account_id', '=', accountId).execute();
      unit.hasQuietWrites = true;
    },
  };
}

async function report(unit: Unit, key: Key): Promise<void> {
  const idle_reported_at = unit.context.now;
  await unit.db.updateTable('keys').set({ idle_reported_at }).where('id', '=', key.id).execute();
  const { id, ownerId, kind, accountId } = key;
  const event = { name: 'key.reported_idle', affectedUserId: ownerId, resourceId: id, keyKind: kind, changes: [] };
  // Verifiers decide by it as before.
  note(unit, event, { accountId });
}
