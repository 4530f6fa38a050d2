import { listSecondFactors } from '../../commands/totp-factor.ts';
import { reading, type Implementation } from '../call.ts';
import { presentSecondFactors } from '../present-second-factors.ts';

/** `GET /v1/me/second-factors` (U7). */
export const listSecondFactorsRoute: Implementation<'list_second_factors'> = reading({
  run: (deps, { context }) => listSecondFactors(deps.commands, context),
  present: presentSecondFactors,
});
