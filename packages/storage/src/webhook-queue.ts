import { type Kysely, sql } from 'kysely';
import type { Tables } from './schema.ts';
import type { WebhookOutcome, WebhookQueue } from './webhook-store.ts';

/** Runs work in a transaction of its own. */
type Write = <T>(work: (db: Kysely<Tables>) => Promise<T>) => Promise<T>;

/** Leases of webhooks and what became of attempts: each is one statement on one row, so nothing waits in a ring. */
export function createWebhookQueue(write: Write): WebhookQueue {
  return {
    lease: (id, { leaseId, now, until }) =>
      write(async (db) => {
        const { numUpdatedRows } = await db
          .updateTable('webhooks')
          .set({ lease_id: leaseId, leased_until: until })
          .where('id', '=', id)
          .where('disabled_at', 'is', null)
          .where('due_at', '<=', now)
          .where((eb) => eb.or([eb('leased_until', 'is', null), eb('leased_until', '<=', now)]))
          .executeTakeFirstOrThrow();
        return numUpdatedRows > 0n;
      }),
    releaseAll: () =>
      write(async (db) => {
        await db.updateTable('webhooks').set(NO_LEASE).where('lease_id', 'is not', null).execute();
      }),
    settle: (id, leaseId, outcome) =>
      write(async (db) => {
        const { numUpdatedRows } = await db
          .updateTable('webhooks')
          .set(columnsOf(outcome))
          .where('id', '=', id)
          .where('lease_id', '=', leaseId)
          .executeTakeFirstOrThrow();
        return numUpdatedRows > 0n;
      }),
  };
}

const NO_LEASE = { lease_id: null, leased_until: null } as const;

function columnsOf(outcome: WebhookOutcome) {
  switch (outcome.kind) {
    case 'delivered': {
      const { position, at, leasedUntil } = outcome;
      const delivered = { attempts: 0, due_at: at, pending_since: null, last_success_at: at };
      return {
        ...delivered,
        position: notBefore(position),
        ...(leasedUntil === null ? NO_LEASE : { leased_until: leasedUntil }),
      };
    }
    case 'failed':
      return {
        ...failureColumns(outcome.failure),
        attempts: sql<number>`attempts + 1`,
        due_at: outcome.dueAt,
        pending_since: outcome.pendingSince,
        ...NO_LEASE,
      };
    case 'nothing-to-send':
      return { position: notBefore(outcome.position), ...NO_LEASE };
  }
}

/** An edit may have moved the place on while an attempt was under way; it never goes back. */
function notBefore(position: number) {
  return sql<number>`case when position < ${position} then ${position} else position end`;
}

/** The columns that tell of the last failure. */
export function failureColumns({ at, status, reason }: Extract<WebhookOutcome, { kind: 'failed' }>['failure']) {
  return { last_failure_at: at, last_failure_status: status, last_failure_reason: reason };
}
