import { expect, test } from 'vitest';
import { type InvitationFacts, invitationExpiry, invitationStatus, mayInvite } from './invitations.ts';
import { DAY_MS, instant } from './time.ts';

const NOW = instant(1_700_000_000_000);
const inviter = { userType: 'administrator', disabledAt: null } as const;
const facts = (changes: Partial<InvitationFacts>): InvitationFacts => ({
  expiresAt: instant(NOW + 1),
  acceptedAt: null,
  withdrawnAt: null,
  inviter,
  ...changes,
});

test.each<{ title: string; changes: Partial<InvitationFacts>; expected: string }>([
  { title: 'just before its expiry', changes: {}, expected: 'pending' },
  { title: 'at its expiry', changes: { expiresAt: NOW }, expected: 'expired' },
  { title: 'after its expiry', changes: { expiresAt: instant(NOW - 1) }, expected: 'expired' },
  { title: 'of the Owner', changes: { inviter: { ...inviter, userType: 'owner' } }, expected: 'pending' },
  { title: 'of a disabled inviter', changes: { inviter: { ...inviter, disabledAt: NOW } }, expected: 'withdrawn' },
  {
    title: 'of a demoted inviter',
    changes: { inviter: { ...inviter, userType: 'restricted' } },
    expected: 'withdrawn',
  },
  { title: 'of a deleted inviter', changes: { inviter: null }, expected: 'withdrawn' },
  { title: 'withdrawn and too old', changes: { withdrawnAt: NOW, expiresAt: NOW }, expected: 'withdrawn' },
  { title: 'accepted and too old', changes: { acceptedAt: NOW, expiresAt: NOW }, expected: 'accepted' },
  { title: 'accepted, inviter gone', changes: { acceptedAt: NOW, inviter: null }, expected: 'accepted' },
])('an invitation $title is $expected (U2)', ({ changes, expected }) => {
  expect(invitationStatus(facts(changes), NOW)).toBe(expected);
});

test('a link works for 7 days (U2)', () => expect(invitationExpiry(NOW) - NOW).toBe(7 * DAY_MS));

test('the Owner and administrators invite, restricted users do not (U2)', () => {
  expect((['owner', 'administrator', 'restricted'] as const).map(mayInvite)).toEqual([true, true, false]);
});
