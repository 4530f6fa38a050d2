import { INVITATION_DAYS } from './limits.ts';
import { isAdministrative, type UserType } from './management.ts';
import { DAY_MS, type Instant, plusMs } from './time.ts';

/** What somebody may be invited as: an account has one Owner, and nobody is invited as that (U1, U2). */
export const INVITED_TYPES = ['restricted', 'administrator'] as const satisfies readonly UserType[];
export type InvitedType = (typeof INVITED_TYPES)[number];

/** As much of an invitation as its status follows from. */
export type InvitationFacts = {
  readonly expiresAt: Instant;
  readonly acceptedAt: Instant | null;
  readonly withdrawnAt: Instant | null;
  /** Whoever sent its present link, as they are now; null once they are deleted. */
  readonly inviter: { readonly userType: UserType; readonly disabledAt: Instant | null } | null;
};

/** How an invitation stands. Only a pending one can be accepted. */
export type InvitationStatus = 'pending' | 'accepted' | 'withdrawn' | 'expired';

/** Whether somebody of this type may invite, as either type: an administrator may promote restricted users as well (U2, U3). */
export function mayInvite(userType: UserType): boolean {
  return isAdministrative(userType);
}

/** When a link that is sent at `now` stops working (U2). */
export function invitationExpiry(now: Instant): Instant {
  return plusMs(now, INVITATION_DAYS * DAY_MS);
}

/**
 * How an invitation stands at `now`; it is expired at the very instant of its expiry. With whoever sent it goes the
 * invitation: someone who was disabled, deleted or demoted must not have left a door open (U2, U5).
 */
export function invitationStatus(invitation: InvitationFacts, now: Instant): InvitationStatus {
  const { inviter } = invitation;
  if (invitation.acceptedAt !== null) return 'accepted';
  if (invitation.withdrawnAt !== null) return 'withdrawn';
  if (inviter === null || inviter.disabledAt !== null || !mayInvite(inviter.userType)) return 'withdrawn';
  return now >= invitation.expiresAt ? 'expired' : 'pending';
}
