import type { InvitationId, Secret } from '@claviger/core';
import type { CommandDeps } from './deps.ts';

/** Which link of an invitation: each sending has its own (U2). */
export type InvitationLink = { readonly id: InvitationId; readonly resends: number };

/** The token of an invitation's link, worked out and never stored; it stands after the `#` of `<public url>/invitation`. */
export function invitationToken(
  { sealer }: { readonly sealer: Pick<CommandDeps['sealer'], 'linkToken'> },
  { id, resends }: InvitationLink,
): Secret {
  return sealer.linkToken('invitation', `${id}.${resends}`);
}

/** The tokens that it may have, one for each known sealing key, that in use first (K7). */
export function invitationTokens(
  { sealer }: { readonly sealer: { linkTokens(purpose: string, id: string): readonly Secret[] } },
  { id, resends }: InvitationLink,
): readonly Secret[] {
  return sealer.linkTokens('invitation', `${id}.${resends}`);
}
