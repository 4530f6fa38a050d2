import type { PasswordResetId, Secret } from '@claviger/core';
import type { CommandDeps } from './deps.ts';

/** The token of a reset's link, worked out and never stored; it stands after the `#` of `<public url>/password-reset`. */
export function passwordResetToken(
  { sealer }: { readonly sealer: Pick<CommandDeps['sealer'], 'linkToken'> },
  id: PasswordResetId,
): Secret {
  return sealer.linkToken('password_reset', id);
}
