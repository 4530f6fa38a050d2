import { ok, refuse } from '@claviger/core';
import { type Implementation, reading } from '../call.ts';

/** `GET /readyz`: whether the database answers and nothing is shutting down (D14). */
export const readyzRoute: Implementation<'readyz'> = reading({
  run: async (deps) => {
    const reasons = await deps.notReady();
    return reasons.length === 0 ? ok(null) : refuse({ kind: 'not-ready', reasons });
  },
  present: () => ({ object: 'health', status: 'ok' }),
});
