import { ok } from '@claviger/core';
import { type Implementation, reading } from '../call.ts';

/** `GET /livez`: the process answers, whatever else holds (D14). */
export const livezRoute: Implementation<'livez'> = reading({
  run: async () => ok(null),
  present: () => ({ object: 'health', status: 'ok' }),
});
