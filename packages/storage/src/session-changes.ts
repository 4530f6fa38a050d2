import { changesBetween, formatInstant, MINUTE_MS } from '@claviger/core';
import type { Session } from './entities.ts';
import type { Attributes } from './event-attributes.ts';
import { findSession, sessionRow } from './sessions.ts';
import type { Change } from './store.ts';
import { note, type Unit } from './unit.ts';

/** Changes sessions. Verifiers know nothing of them. */
export function sessionChanges(unit: Unit): Change['sessions'] {
  return {
    create: async (session) => {
      await unit.db.insertInto('sessions').values(sessionRow(session)).execute();
      noteSession(unit, 'session.created', session, { before: {}, after: {} });
    },
    end: (session) => endSession(unit, session),
    prove: (session) => proveSession(unit, session),
    touch: (session) => touchSession(unit, session),
  };
}

/** Ends a session now. */
export async function endSession(unit: Unit, session: Session): Promise<'ended' | 'already-ended'> {
  const { now } = unit.context;
  const current = await findSession(unit.db, session.accountId, session.id);
  if (current === null || current.endedAt !== null) return 'already-ended';
  await unit.db.updateTable('sessions').set({ ended_at: now }).where('id', '=', session.id).execute();
  noteSession(unit, 'session.ended', session, { before: { ended_at: null }, after: { ended_at: formatInstant(now) } });
  return 'ended';
}

async function proveSession(unit: Unit, session: Session): Promise<void> {
  const { now } = unit.context;
  const current = await findSession(unit.db, session.accountId, session.id);
  if (current === null || current.endedAt !== null) throw new Error(`there is no session ${session.id} to prove`);
  await unit.db.updateTable('sessions').set({ proven_at: now }).where('id', '=', session.id).execute();
  noteSession(unit, 'session.proven', session, {
    before: { proven_at: formatInstant(current.provenAt) },
    after: { proven_at: formatInstant(now) },
  });
}

/** Without an event: the log would fill with them. At most one write a minute, however often the session is used. */
async function touchSession(unit: Unit, session: Session): Promise<void> {
  const { now } = unit.context;
  const { numUpdatedRows } = await unit.db
    .updateTable('sessions')
    .set({ last_seen_at: now })
    .where('id', '=', session.id)
    .where('account_id', '=', session.accountId)
    .where('ended_at', 'is', null)
    .where('last_seen_at', '<=', now - MINUTE_MS)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows > 0n) unit.hasQuietWrites = true;
}

function noteSession(
  unit: Unit,
  name: string,
  session: Session,
  attributes: { readonly before: Attributes; readonly after: Attributes },
): void {
  note(
    unit,
    {
      name,
      affectedUserId: session.userId,
      resourceId: session.id,
      keyKind: null,
      changes: changesBetween(attributes.before, attributes.after),
    },
    { accountId: session.accountId },
  );
}
