import { ok, type Result, type Version } from '@claviger/core';
import type { ControlledTransaction } from 'kysely';
import { accountChanges } from './account-changes.ts';
import type { Alone } from './alone.ts';
import { type Written, writeChain } from './chain-writer.ts';
import { type Engine, faultsOf } from './engine.ts';
import { StoreFault } from './faults.ts';
import type { HeadReader } from './head.ts';
import { idleKeyChanges } from './idle-key-changes.ts';
import { internalKeyChanges } from './internal-key-changes.ts';
import { invitationChanges } from './invitation-changes.ts';
import { ipAllowlistChanges } from './ip-allowlist-changes.ts';
import { keyChanges } from './key-changes.ts';
import { passwordResetChanges } from './password-resets.ts';
import { policyChanges } from './policy-changes.ts';
import { createReader } from './reader.ts';
import { keepAnswer, takeReplaySlot } from './replays.ts';
import { outboxChanges } from './outbox-changes.ts';
import { reminderChanges } from './reminder-changes.ts';
import { mayUseReserve } from './reserve.ts';
import type { Tables } from './schema.ts';
import { sealingChanges } from './sealing-changes.ts';
import { secondFactorChanges } from './second-factors.ts';
import { sessionChanges } from './session-changes.ts';
import { signInLinkChanges } from './sign-in-links.ts';
import type { Change, ChangeContext, Committed } from './store.ts';
import type { StoreDeps } from './store-deps.ts';
import type { Turns } from './turns.ts';
import type { PendingEvent, Unit } from './unit.ts';
import { userChanges } from './user-changes.ts';
import { webhookChanges } from './webhook-changes.ts';
import { deleteUser } from './user-deletion.ts';

/** What a change runs on. */
export type ChangeDeps = {
  readonly engine: Engine;
  readonly deps: StoreDeps;
  readonly heads: HeadReader;
  readonly alone: Alone;
  readonly turns: Turns;
  /** Called after every commit that wrote a version. */
  onCommit(): void;
};

/**
 * Runs one change as one transaction (A1). First it waits for its account (PostgreSQL) or for every other change (SQLite),
 * so that what the work reads stays true; last it takes the counter. A refusal, a throw or a failed commit leaves nothing.
 */
export async function runChange<T, R>(
  on: ChangeDeps,
  context: ChangeContext,
  work: (change: Change) => Promise<Result<T, R>>,
): Promise<Result<Committed<T>, R>> {
  on.alone.enter();
  return on.turns(queueOf(on.engine, context), () => faultsOf(on.engine, () => runWithReserve(on, context, work)));
}

/** SQLite has one writer, so one queue; on PostgreSQL accounts do not wait for each other until they need a number. */
function queueOf(engine: Engine, { accountId }: ChangeContext): string {
  return engine.dialect === 'sqlite' ? '' : (accountId ?? '');
}

/** When the disk is full, a change that takes something away gets the room that was kept back for it, once (A2). */
async function runWithReserve<T, R>(
  on: ChangeDeps,
  context: ChangeContext,
  work: (change: Change) => Promise<Result<T, R>>,
): Promise<Result<Committed<T>, R>> {
  const events: PendingEvent[] = [];
  try {
    return await runTransaction(on, { context, events }, work);
  } catch (error) {
    const fault = on.engine.faultOf(error) ?? error;
    const mayTryAgain = fault instanceof StoreFault && fault.isDiskFull && mayUseReserve(events);
    if (!mayTryAgain || !on.engine.reserve.use()) throw fault;
    return runTransaction(on, { context, events: [] }, work);
  }
}

async function runTransaction<T, R>(
  on: ChangeDeps,
  run: { readonly context: ChangeContext; readonly events: PendingEvent[] },
  work: (change: Change) => Promise<Result<T, R>>,
): Promise<Result<Committed<T>, R>> {
  const transaction = await on.engine.beginChange();
  try {
    const outcome = await runInside(on, { ...run, transaction }, work);
    if (!transaction.isCommitted) await transaction.rollback().execute();
    return outcome;
  } catch (fault) {
    // A rollback that fails has nothing left to undo: the engine, or the lost connection, has done it. The fault that
    // led here is the one to tell of.
    await transaction
      .rollback()
      .execute()
      .catch(() => undefined);
    throw fault;
  }
}

async function runInside<T, R>(
  on: ChangeDeps,
  run: {
    readonly transaction: ControlledTransaction<Tables>;
    readonly context: ChangeContext;
    readonly events: PendingEvent[];
  },
  work: (change: Change) => Promise<Result<T, R>>,
): Promise<Result<Committed<T>, R>> {
  const { transaction, context, events } = run;
  if (on.engine.dialect === 'postgres') await waitForTurn(transaction, context);
  const unit: Unit = {
    db: transaction,
    dialect: on.engine.dialect,
    deps: on.deps,
    context,
    events,
    hasQuietWrites: false,
  };
  const outcome = await on.alone.run(() => work(createChange(unit)));
  if (!outcome.ok) return outcome;
  // While the room is used that was kept back, nothing else may fill it.
  if (!mayUseReserve(events) && !on.engine.reserve.refill(context.now)) throw diskFull();
  const written = await writeOutcome(on, unit, outcome.value);
  if (written !== null || unit.hasQuietWrites || context.replay !== null) await transaction.commit().execute();
  if (written !== null) {
    on.heads.trust(written.head, written.signature);
    on.onCommit();
  }
  return ok({
    value: outcome.value,
    version: written?.version ?? null,
    entries: written?.entries ?? [],
    ends: written?.ends ?? [],
  });
}

function diskFull(): StoreFault {
  const message = 'the disk is full: only changes that take something away are made until there is room again';
  return new StoreFault('unavailable', message, { isDiskFull: true });
}

/** Writes the chain and the answer to replay; null when the work recorded nothing. */
async function writeOutcome(on: ChangeDeps, unit: Unit, value: unknown): Promise<Written | null> {
  const { replay } = unit.context;
  if (replay !== null) await takeReplaySlot(unit.db, unit.context, replay);
  const written = unit.events.length === 0 ? null : await writeChain(unit, on.heads);
  if (replay !== null) await keepAnswer(unit.db, replay, replay.answerOf(value, versionOf(written)));
  if (written !== null) await on.engine.wakeOthers(unit.db);
  return written;
}

function versionOf(written: Written | null): Version | null {
  return written?.version ?? null;
}

/** One row is everybody's queue: an account's own, or the installation's. An account that is not there makes nobody wait. */
async function waitForTurn(transaction: ControlledTransaction<Tables>, context: ChangeContext): Promise<void> {
  const { accountId } = context;
  const query =
    accountId === null
      ? transaction.selectFrom('installation').select('id').where('id', '=', 1)
      : transaction.selectFrom('accounts').select('id').where('id', '=', accountId);
  await query.forUpdate().execute();
}

function createChange(unit: Unit): Change {
  return {
    read: createReader(unit.db, unit.dialect, unit.deps),
    now: unit.context.now,
    accounts: accountChanges(unit),
    users: { ...userChanges(unit), delete: (user) => deleteUser(unit, user) },
    keys: keyChanges(unit),
    invitations: invitationChanges(unit),
    idleKeys: idleKeyChanges(unit),
    policies: policyChanges(unit),
    sessions: sessionChanges(unit),
    signInLinks: signInLinkChanges(unit),
    passwordResets: passwordResetChanges(unit),
    secondFactors: secondFactorChanges(unit),
    internalKeys: internalKeyChanges(unit),
    ipAllowlists: ipAllowlistChanges(unit),
    sealing: sealingChanges(unit),
    webhooks: webhookChanges(unit),
    outbox: outboxChanges(unit),
    reminders: reminderChanges(unit),
    record: (draft) => {
      unit.events.push({ draft, accountId: unit.context.accountId, record: { type: 'none' }, end: null });
    },
  };
}
