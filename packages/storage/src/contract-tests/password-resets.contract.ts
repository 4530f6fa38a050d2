import { newPasswordResetId, plusMs } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import { changed, type DatabaseOpener, withFixture } from './database.ts';
import { contextOf, newAccount, NOW } from './installation.ts';

/** Links with which users set a new password. */
export function passwordResetContract(opener: DatabaseOpener): void {
  describe('password resets', () => {
    test('a password reset works once, and only the newest of a user does; a new password ends it (U7)', () =>
      withFixture(opener, async ({ on, store, account, owner }) => {
        const resetOf = (letter: string) => ({
          id: newPasswordResetId(on.randomBytes),
          digest: letter.repeat(64),
          accountId: account.id,
          userId: owner.id,
          createdAt: NOW,
          endsAt: plusMs(NOW, 1),
          endedAt: null,
        });
        const [first, second, third] = [resetOf('a'), resetOf('b'), resetOf('c')];
        const { value } = await changed(store, contextOf(account.id), async (change) => {
          await change.passwordResets.create(first);
          await change.passwordResets.create(second);
          const outcomes = [];
          for (const reset of [first, second, second]) outcomes.push(await change.passwordResets.redeem(reset));
          await change.passwordResets.create(third);
          await change.users.changePassword(owner, 'argon2 of another');
          return [...outcomes, await change.passwordResets.redeem(third)];
        });
        expect(value).toEqual(['already-ended', 'redeemed', 'already-ended', 'already-ended']);
        await store.read(async ({ passwordResets, events }) => {
          expect(await passwordResets.findByDigest(second.digest)).toEqual({ ...second, endedAt: NOW });
          expect(await passwordResets.find(account.id, third.id)).toEqual({ ...third, endedAt: NOW });
          expect(await passwordResets.find(newAccount(on).id, third.id)).toBeNull();
          expect(await passwordResets.findByDigest('d'.repeat(64))).toBeNull();
          const page = await events.list({ accountId: account.id, visibleTo: null }, { cursor: null, limit: 5 });
          expect(page.items.map(({ name }) => name)).toEqual([
            'user.password_changed',
            'password_reset.requested',
            'password_reset.redeemed',
            'password_reset.requested',
            'password_reset.requested',
          ]);
        });
      }));
  });
}
