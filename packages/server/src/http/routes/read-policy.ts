import { findPolicy } from '../../commands/find-policy.ts';
import { type Implementation, reading } from '../call.ts';
import { presentPolicy } from '../present.ts';

/** `GET /v1/policies/{id}` (P5). */
export const readPolicyRoute: Implementation<'read_policy'> = reading({
  run: (deps, { context, ids }) => findPolicy(deps.commands, context, ids.id),
  present: ({ policy }) => presentPolicy(policy),
});
