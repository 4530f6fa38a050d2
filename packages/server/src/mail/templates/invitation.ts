import { invitationStatus } from '@claviger/core';
import { invitationTokens } from '../../commands/invitation-link.ts';
import { spanUntil, writtenDate } from '../dates.ts';
import { shortName } from '../layout.ts';
import { frameOf, type Word } from '../words.ts';
import { workingToken } from '../working-token.ts';

/**
 * U2: it carries a secret, the link. An invitation that was answered, withdrawn, sent again or has expired
 * in the meantime is not told of: its link would not work.
 */
export const invitation: Word<'invitation'> = async (wording, { invitationId, resends, invitedBy }) => {
  const { reader, account, now } = wording;
  const found = await reader.invitations.find(account.id, invitationId);
  if (found === null || found.resends !== resends || invitationStatus(found, now) !== 'pending') return null;
  // After the hash: a browser sends it to no server, and no log has it.
  const tokens = invitationTokens({ sealer: wording }, { id: invitationId, resends });
  const token = await workingToken(wording, tokens, (digest) => reader.invitations.findByDigest(digest));
  if (token === null) return null;
  return {
    ...frameOf(wording),
    subject: `${shortName(invitedBy)} invites you to ${shortName(account.name)}`,
    heading: `You are invited to ${account.name}`,
    blocks: [
      {
        kind: 'paragraph',
        text: `${invitedBy} invites you to join the account ${account.name} in Claviger, where you create and manage your API keys.`,
      },
      { kind: 'paragraph', text: 'Open the link, choose a password, and you are in.' },
      { kind: 'link', label: 'Accept the invitation', url: `${wording.origin}/invitation#${token.reveal()}` },
      {
        kind: 'note',
        text: `The link works once, for ${spanUntil(found.expiresAt, now)} (until ${writtenDate(found.expiresAt)}). Whoever has it can accept in your place: do not pass this mail on.`,
      },
      { kind: 'note', text: 'If you did not expect this, do nothing. Nothing happens unless the link is opened.' },
    ],
    reason: `You get this mail because ${invitedBy} gave your address.`,
  };
};
