import type { AttributeChange } from '@claviger/core';
import type { SealingChanges } from './sealing-store.ts';
import { note, type Unit } from './unit.ts';

/** Changes which sealing key is in use (K7). No text of a key comes near: events name numbers. */
export function sealingChanges(unit: Unit): SealingChanges {
  return {
    replace: async ({ number, check }) => {
      const kept = await current(unit);
      const before = Number.parseInt(kept.sealing_check ?? '0', 10);
      if (before === number) return 'already-so';
      await unit.db.updateTable('installation').set({ sealing_check: check }).where('id', '=', 1).execute();
      noteSealing(unit, 'sealing_key.replaced', [{ attribute: 'number', old: before, new: number }]);
      return 'replaced';
    },
    finish: async (number, unreadable) => {
      const { resealed_under: before } = await current(unit);
      if (before === number) return 'already-so';
      await unit.db.updateTable('installation').set({ resealed_under: number }).where('id', '=', 1).execute();
      const changes: AttributeChange[] = [{ attribute: 'resealed_under', old: before, new: number }];
      if (unreadable > 0) changes.push({ attribute: 'unreadable', old: null, new: unreadable });
      noteSealing(unit, 'sealing_key.resealed', changes);
      return 'finished';
    },
  };
}

async function current({ db }: Unit) {
  const query = db.selectFrom('installation').select(['sealing_check', 'resealed_under']);
  return query.where('id', '=', 1).executeTakeFirstOrThrow();
}

function noteSealing(unit: Unit, name: string, changes: readonly AttributeChange[]): void {
  note(unit, { name, affectedUserId: null, resourceId: null, keyKind: null, changes }, { accountId: null });
}
