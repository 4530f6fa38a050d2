import { INVITATION_DAYS, type PasswordRefusal } from '@claviger/core';
import type { InvitationRefusal } from '../../refusal.ts';
import { type WordsOf, words } from './problem-words.ts';

/** Refusals by what became of an invitation or its address (U2, T1). */
export const INVITATION_WORDS: WordsOf<InvitationRefusal> = {
  'user-exists': ({ userId }) =>
    words('user_exists', 'A user of this account has this address already, so there is nobody to invite.', {
      user_id: userId,
    }),
  'invitation-pending': ({ invitationId }) =>
    words(
      'invitation_pending',
      'This address has an invitation that is pending. Send that one again, or withdraw it first.',
      { invitation_id: invitationId },
    ),
  'invitation-over': ({ status }) =>
    words('invitation_over', `The invitation was ${status}. ${NEXT[status]}`, { invitation_status: status }),
  'invitation-not-valid': () =>
    words(
      'invitation_not_valid',
      `This link of an invitation does not work, or no longer: it works once, for ${INVITATION_DAYS} days, until it is ` +
        'sent again or withdrawn. Ask whoever invited you to send it again.',
      {},
    ),
};

/** Refusals of a password that somebody chooses (U7). Never the password. */
export const PASSWORD_WORDS: WordsOf<PasswordRefusal> = {
  'password-too-short': ({ shortest }) =>
    words(
      'password_too_short',
      `A password of this account has at least ${shortest} characters. Choose a longer one.`,
      { shortest },
    ),
  'password-too-long': ({ longest }) =>
    words('invalid_body', 'The body has 1 mistake; `errors` lists it.', {
      errors: [{ pointer: '/password', code: 'too_long', detail: `must be at most ${longest} characters long` }],
    }),
};

const NEXT = {
  accepted: 'The person is a user now; there is nothing left to send or withdraw.',
  withdrawn: 'Invite the person anew instead.',
} as const;
