import { parseInstant, parseKeyId, refuse } from '@claviger/core';
import { explainDecision } from '../../commands/explain-decision.ts';
import { type Implementation, reading } from '../call.ts';
import { presentExplanation } from '../present-explanation.ts';

/** `POST /v1/explain` (P7). */
export const explainRoute: Implementation<'explain'> = reading({
  run: async (deps, { context, body }) => {
    const keyId = parseKeyId(body.key_id);
    if (keyId === null) return refuse({ kind: 'malformed-id' });
    const colon = body.resource.indexOf(':');
    return explainDecision(deps.commands, context, {
      keyId,
      operation: body.operation,
      resourceType: body.resource.slice(0, colon),
      resourceName: body.resource.slice(colon + 1),
      address: body.ip ?? null,
      origin: body.origin ?? null,
      at: parseInstant(body.at ?? ''),
    });
  },
  present: presentExplanation,
});
