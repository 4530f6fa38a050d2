import { hasExpired } from '@claviger/core';
import { passwordResetTokens } from '../../commands/password-reset-link.ts';
import { spanUntil, writtenDate } from '../dates.ts';
import { frameOf, type Word } from '../words.ts';
import { workingToken } from '../working-token.ts';

/**
 * U7: it carries a secret, the link. A reset that was used or replaced, or has expired in the meantime, is not told of: its
 * link would not work.
 */
export const passwordReset: Word<'password_reset'> = async (wording, { resetId }) => {
  const { reader, account, now } = wording;
  const found = await reader.passwordResets.find(account.id, resetId);
  if (found === null || found.endedAt !== null || hasExpired(found.endsAt, now)) return null;
  // After the hash: a browser sends it to no server, and no log has it.
  const tokens = passwordResetTokens({ sealer: wording }, resetId);
  const token = await workingToken(wording, tokens, (digest) => reader.passwordResets.findByDigest(digest));
  if (token === null) return null;
  return {
    ...frameOf(wording),
    subject: 'Choose a new password',
    heading: 'Choose a new password',
    blocks: [
      {
        kind: 'paragraph',
        text: `Somebody, most likely you, asked for a new password for your access to the account ${account.name}.`,
      },
      { kind: 'link', label: 'Choose a new password', url: `${wording.origin}/password-reset#${token.reveal()}` },
      {
        kind: 'note',
        text: `The link works once, for ${spanUntil(found.endsAt, now)} (until ${writtenDate(found.endsAt)}). Whoever has it can choose your password: do not pass this mail on. All your sessions end when it is used.`,
      },
      { kind: 'note', text: 'If it was not you, do nothing. Your password stays as it is unless the link is opened.' },
    ],
    reason: 'You get this mail because somebody gave your address where one signs in.',
  };
};
