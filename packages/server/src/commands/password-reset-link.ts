import type { PasswordResetId, Secret } from '@claviger/core';
import type { CommandDeps } from './deps.ts';

/** The token of a reset's link, worked out and never stored; it stands after the `#` of `<public url>/password-reset`. */
export function passwordResetToken(
  { sealer }: { readonly sealer: Pick<CommandDeps['sealer'], 'linkToken'> },
  id: PasswordResetId,
): Secret {
  return sealer.linkToken('password_reset', id);
}

/** The tokens that it may have, one for each known sealing key, that in use first (K7). */
export function passwordResetTokens(
  { sealer }: { readonly sealer: { linkTokens(purpose: string, id: string): readonly Secret[] } },
  id: PasswordResetId,
): readonly Secret[] {
  return sealer.linkTokens('password_reset', id);
}
