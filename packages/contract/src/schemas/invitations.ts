import { INVITATION_DAYS, INVITED_TYPES } from '@claviger/core';
import { z } from 'zod';
import { chosenPassword, email, instant, invitationId, line, name, userId } from './fields.ts';
import { LINK_TOKEN_LONGEST } from './wire-limits.ts';

/** An invitation (U2). The token of its link is in the mail and in no answer. */
export const invitationObject = z
  .strictObject({
    object: z.literal('invitation').describe('Always `invitation`.'),
    id: invitationId().describe('The id of the invitation.'),
    email: z.string().describe('The address it was sent to, and that the user signs in with.'),
    name: z.string().describe('The name that the user gets unless they choose another one.'),
    user_type: z.enum(INVITED_TYPES).describe('What the user will be.'),
    status: z
      .enum(['pending', 'accepted', 'withdrawn', 'expired'])
      .describe(
        'How it stands. `withdrawn` is also what an invitation is whose inviter was disabled, deleted or may no longer invite.',
      ),
    invited_by: userId().describe('Who sent its present link.'),
    created_at: instant().describe('When it was first sent.'),
    sent_at: instant().describe('When its present link was sent.'),
    expires_at: instant().describe(`When its present link stops working: ${INVITATION_DAYS} days after it was sent.`),
    resends: z.int().nonnegative().describe('How often it was sent again.'),
    accepted_at: instant().nullable().describe('When it was accepted; null until then.'),
    user_id: userId().nullable().describe('The user that came of it; null until it is accepted.'),
    withdrawn_at: instant().nullable().describe('When it was withdrawn; null unless somebody did.'),
  })
  .meta({ id: 'Invitation', description: 'An invitation of a person by e-mail.' });
export type InvitationObject = z.output<typeof invitationObject>;

/** Whom to invite, as what (U2, U3). */
export const createInvitationBody = z
  .strictObject({
    email: email().describe('The address that the link is sent to, at most 254 characters.'),
    name: name().describe('The name of the person, 1 to 200 characters; they may choose another one.'),
    user_type: z
      .enum(INVITED_TYPES, { error: 'must be restricted or administrator; ownership is handed over, not given' })
      .default('restricted')
      .describe('What the person will be. `administrator` needs a session with fresh proof.'),
  })
  .meta({ id: 'CreateInvitation', description: 'A person to invite.' });

/** Accepting an invitation (U2). */
export const acceptInvitationBody = z
  .strictObject({
    token: line(1, LINK_TOKEN_LONGEST).describe('The token of the link: what stands after its `#`.'),
    password: chosenPassword().describe(
      "The password to sign in with, at least as long as the account's settings ask.",
    ),
    name: name().exactOptional().describe('The name of the person, 1 to 200 characters; absent is as invited.'),
  })
  .meta({ id: 'AcceptInvitation', description: 'The token of an invitation, and what the new user signs in with.' });
