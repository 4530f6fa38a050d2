import { MINUTE_MS } from '@claviger/core';
import type { CheckpointLog } from '../checkpoint-log.ts';
import type { DecisionClock } from '../clock.ts';
import type { Job } from './run-jobs.ts';

/** Milliseconds. Twice as often as promised, so that a restart in between does not make an hour longer (A4). */
const EVERY_MS = 30 * MINUTE_MS;

/** Takes a checkpoint when something changed since the last one, and when the server stops (A4). */
export function takeCheckpointsJob(checkpoints: Pick<CheckpointLog, 'take'>, clock: Pick<DecisionClock, 'now'>): Job {
  const take = async (): Promise<void> => {
    await checkpoints.take(clock.now());
  };
  return { name: 'take-checkpoints', everyMs: EVERY_MS, run: take, stop: take };
}
