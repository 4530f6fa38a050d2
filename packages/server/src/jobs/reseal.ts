import { MINUTE_MS, type Origin } from '@claviger/core';
import type { Log } from '../logs.ts';
import { followSealingKey, resealAll, type ResealDeps } from '../sealing-key/reseal.ts';
import type { Job } from './run-jobs.ts';

const EVERY_MS = MINUTE_MS;
/** Looks between two at everything once all is done: another node may have sealed something under the old key at the last moment. */
const LOOKS_BETWEEN = 60;
const ORIGIN: Origin = {
  actor: { kind: 'system', part: 'reseal' },
  ipAddress: null,
  userAgent: null,
  httpMethod: null,
  path: null,
  requestId: null,
};

/** Goes on with a replacement of the sealing key that a crash or another node left, for as long as former keys are known (K7). */
export function resealJob(deps: ResealDeps, log: Log): Job {
  let looks = 0;
  return {
    name: 'reseal',
    everyMs: EVERY_MS,
    run: async (stop) => {
      if ((await followSealingKey(deps)) === 'unknown') {
        log.error(
          { alarm: 'sealing_key' },
          'another node seals with a key that is not known here: give it to this node',
        );
        return;
      }
      if (deps.sealer.keys().length < 2) return;
      const isDone = (await deps.store.sealedThings.resealedUnder()) === deps.sealer.numberInUse();
      if (isDone && looks++ % LOOKS_BETWEEN > 0) return;
      await resealAll(deps, ORIGIN, stop);
    },
  };
}
