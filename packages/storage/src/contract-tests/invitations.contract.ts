import { DAY_MS, newInvitationId, plusMs } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import type { Invitation } from '../entities.ts';
import { changed, createUser, type DatabaseOpener, type Fixture, withFixture } from './database.ts';
import { contextOf, newAccount, NOW, sha256 } from './installation.ts';

/** Invitations. */
export function invitationContract(opener: DatabaseOpener): void {
  describe('invitations', () => {
    test('an invitation comes back by its id and by the digest of its link, with its inviter as they are now (U2)', () =>
      withFixture(opener, async (fixture) => {
        const { on, store, account, owner } = fixture;
        const invitation = await invite(fixture, {});
        const inviter = { userType: 'owner', disabledAt: null };
        const expected = { ...invitation, inviter, acceptedAt: null, userId: null, withdrawnAt: null };
        await store.read(async (reader) => {
          expect(await reader.invitations.find(account.id, invitation.id)).toEqual(expected);
          expect(await reader.invitations.findByDigest(digestOf(invitation))).toEqual(expected);
          expect(await reader.invitations.find(newAccount(on).id, invitation.id)).toBeNull();
          expect(await reader.invitations.findByDigest('0'.repeat(64))).toBeNull();
        });
        await changed(store, contextOf(account.id), (change) => change.users.disable(owner));
        expect((await read(fixture, invitation)).inviter).toEqual({ ...inviter, disabledAt: NOW });
        const orphan = await invite(fixture, { invitedBy: `${owner.id.slice(0, -1)}_` as typeof owner.id });
        expect((await read(fixture, orphan)).inviter).toBeNull();
      }));

    test('sent again it has a new link, and the old one is nobody’s any more (U2)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const administrator = await createUser(fixture, { userType: 'administrator' });
        const invitation = await invite(fixture, {});
        const later = plusMs(NOW, DAY_MS);
        const to = { invitedBy: administrator.id, expiresAt: plusMs(later, 7 * DAY_MS), digest: sha256('new') };
        const current = await read(fixture, invitation);
        await changed(store, contextOf(account.id, { now: later }), (change) => change.invitations.resend(current, to));
        const { digest, ...rest } = to;
        await store.read(async (reader) => {
          expect(await reader.invitations.findByDigest(digestOf(invitation))).toBeNull();
          expect(await reader.invitations.findByDigest(digest)).toEqual({
            ...current,
            ...rest,
            inviter: { userType: 'administrator', disabledAt: null },
            sentAt: later,
            resends: 1,
          });
        });
      }));

    test('what was accepted or withdrawn is no longer unanswered, and changes no more (U2)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account, owner } = fixture;
        const [first, second, third] = [
          await invite(fixture, { email: 'Ann@Example.com' }),
          await invite(fixture, { email: 'ann@example.COM', createdAt: plusMs(NOW, 1) }),
          await invite(fixture, { email: 'ann@example.com', createdAt: plusMs(NOW, 2) }),
        ];
        await invite(fixture, { email: 'bob@example.com' });
        const unanswered = async () =>
          (await store.read((reader) => reader.invitations.unanswered(account.id, 'ANN@example.com'))).map(
            ({ id }) => id,
          );
        expect(await unanswered()).toEqual([third.id, second.id, first.id]);
        const [accepted, withdrawn] = [await read(fixture, first), await read(fixture, second)];
        await changed(store, contextOf(account.id), async (change) => {
          await change.invitations.accept(accepted, owner.id);
          await change.invitations.withdraw(withdrawn);
        });
        expect(await unanswered()).toEqual([third.id]);
        expect(await read(fixture, first)).toEqual({ ...accepted, acceptedAt: NOW, userId: owner.id });
        expect(await read(fixture, second)).toEqual({ ...withdrawn, withdrawnAt: NOW });
        for (const over of [accepted, withdrawn]) {
          await expect(
            changed(store, contextOf(account.id), (change) => change.invitations.accept(over, owner.id)),
          ).rejects.toThrow('there is no open invitation');
        }
      }));

    test('they are listed newest first, page by page, in their own account only (U2, T1)', () =>
      withFixture(opener, async (fixture) => {
        const { on, store, account } = fixture;
        const made = [await invite(fixture, {}), await invite(fixture, { createdAt: plusMs(NOW, 1) })];
        const page = (cursor: string | null, of = account.id) =>
          store.read((reader) => reader.invitations.list(of, { cursor, limit: 1 }));
        const first = await page(null);
        const second = await page(first.nextCursor);
        expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([made[1]?.id, made[0]?.id]);
        expect(second.nextCursor).toBeNull();
        expect((await page(null, newAccount(on).id)).items).toEqual([]);
      }));
  });
}

type Made = Omit<Invitation, 'inviter' | 'acceptedAt' | 'userId' | 'withdrawnAt'>;

async function invite({ on, store, account, owner }: Fixture, rest: Partial<Made>): Promise<Made> {
  const invitation: Made = {
    id: newInvitationId(on.randomBytes),
    accountId: account.id,
    email: 'new@example.com',
    name: 'Newcomer',
    userType: 'restricted',
    invitedBy: owner.id,
    createdAt: NOW,
    sentAt: NOW,
    expiresAt: plusMs(NOW, 7 * DAY_MS),
    resends: 0,
    ...rest,
  };
  await changed(store, contextOf(account.id), (change) => change.invitations.create(invitation, digestOf(invitation)));
  return invitation;
}

async function read({ store, account }: Fixture, { id }: Pick<Invitation, 'id'>): Promise<Invitation> {
  const found = await store.read((reader) => reader.invitations.find(account.id, id));
  if (found === null) throw new Error(`there is no invitation ${id}`);
  return found;
}

function digestOf({ id, resends }: Made): string {
  return sha256(`${id}.${resends}`);
}
