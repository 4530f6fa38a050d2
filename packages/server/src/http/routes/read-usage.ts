import { formatInstant, parseInstant, parseKeyId, refuse } from '@claviger/core';
import { countUsage, type StepOfUsage } from '../../commands/count-usage.ts';
import { type Call, type Implementation, reading } from '../call.ts';

/** `GET /v1/usage` (D13): how often a key was allowed and refused, and why. */
export const readUsageRoute: Implementation<'read_usage'> = reading({
  run: async (deps, { context, query }) => {
    const keyId = parseKeyId(query.key_id);
    if (keyId === null) return refuse({ kind: 'malformed-id' });
    const [from, to] = [parseInstant(query.from ?? ''), parseInstant(query.to ?? '')];
    return countUsage(deps.commands, context, { keyId, from, to, step: query.step });
  },
  present: (steps, { query }: Call<'read_usage'>) => ({
    object: 'usage',
    key_id: query.key_id,
    step: query.step,
    data: steps.map(presentStep),
  }),
});

function presentStep({ startsAt, counts }: StepOfUsage) {
  const { allowed = 0, ...reasons } = counts;
  const denied = Object.values(reasons).reduce((sum, count) => sum + count, 0);
  return { starts_at: formatInstant(startsAt), allowed, denied, reasons };
}
