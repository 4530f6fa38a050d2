import { MINUTE_MS } from '@claviger/core';
import type { CheckpointLog } from '../checkpoint-log.ts';
import type { DecisionClock } from '../clock.ts';
import type { Log } from '../logs.ts';
import type { Job } from './run-jobs.ts';

/** Milliseconds. Twice as often as promised, so that a restart in between does not make an hour longer (A4). */
const EVERY_MS = 30 * MINUTE_MS;

/** Takes a checkpoint when something changed since the last one, and when the server stops (A4). */
export function takeCheckpointsJob(deps: {
  readonly checkpoints: Pick<CheckpointLog, 'take'>;
  readonly clock: Pick<DecisionClock, 'now'>;
  readonly log: Pick<Log, 'warn'>;
}): Job {
  const take = async (): Promise<void> => {
    await deps.checkpoints.take(deps.clock.now());
  };
  return {
    name: 'take-checkpoints',
    everyMs: EVERY_MS,
    run: take,
    // The rest of the stop does not wait for a disk that is full or a database that is away.
    stop: () => take().catch((fault: unknown) => deps.log.warn({ err: fault }, 'no checkpoint was taken at the stop')),
  };
}
