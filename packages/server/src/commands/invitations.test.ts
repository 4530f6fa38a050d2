import assert from 'node:assert/strict';
import { DAY_MS, FRESH_PROOF_MS, type InvitationId, Secret } from '@claviger/core';
import { type Invitation, openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { acceptInvitation } from './accept-invitation.ts';
import { changeUser } from './change-user.ts';
import { createInvitation, type CreateInvitationInput } from './create-invitation.ts';
import type { CommandDeps } from './deps.ts';
import { invitationToken } from './invitation-link.ts';
import { listInvitations } from './list-invitations.ts';
import { resendInvitation } from './resend-invitation.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { type Name, openScene, PLAIN_KEY, type Scene } from './testing/scene.ts';
import { withdrawInvitation } from './withdraw-invitation.ts';
import { createKey } from './create-key.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('invitations', openSqlite);
});
afterAll(() => installation.close());

const PASSWORD = new Secret('correct horse battery');
let serial = 0;

/** Input for a person nobody has heard of. */
function newcomer(rest: Partial<CreateInvitationInput> = {}): CreateInvitationInput {
  serial += 1;
  return { email: `New.${serial}@example.com`, name: 'Nora', userType: 'restricted', ...rest };
}

async function invite(scene: Scene, by: Name, rest: Partial<CreateInvitationInput> = {}): Promise<Invitation> {
  return (await scene.done(createInvitation(scene.deps, await scene.as(by), newcomer(rest)))).value;
}

const linkOf = (scene: Scene, { id, resends }: { readonly id: InvitationId; readonly resends: number }): Secret =>
  invitationToken(scene.deps, { id, resends });

const accept = (scene: Scene, token: Secret, rest: { readonly name?: string; readonly password?: Secret } = {}) =>
  acceptInvitation(scene.deps, scene.anonymous(), { token, password: PASSWORD, name: null, ...rest });

async function isRefused(scene: Scene, token: Secret): Promise<void> {
  expect(await scene.refused(accept(scene, token))).toEqual({ kind: 'invitation-not-valid' });
}

test('an invitation is mailed, and accepting it makes the user with two keys and a session at once (U2, K2)', async () => {
  const scene = await openScene(installation);
  const adam = await scene.person('adam');
  const input = newcomer();
  const made = await scene.done(createInvitation(scene.deps, await scene.as('adam'), input));
  expect(made.names).toEqual(['user.invited']);
  const { id } = made.value;
  expect(made.value).toMatchObject({ ...input, invitedBy: adam.id, resends: 0, expiresAt: scene.now + 7 * DAY_MS });
  const facts = { invitationId: id, resends: 0, invitedBy: 'adam' };
  expect(scene.mails()).toEqual([{ recipient: input.email, template: 'invitation', facts }]);
  const { value, names, events } = await scene.done(accept(scene, linkOf(scene, made.value), { name: 'Nora N.' }));
  const wanted = ['user.created', 'key.created', 'key.created', 'invitation.accepted', 'session.created'];
  expect(names).toEqual(wanted);
  const { user, keys, session } = value;
  expect(user).toMatchObject({ name: 'Nora N.', email: input.email, userType: 'restricted', policyIds: [] });
  expect(await scene.find(user.id)).toEqual(user);
  expect(keys.map(({ key }) => [key.kind, key.ownerId, key.createdBy])).toEqual([
    ['master', user.id, user.id],
    ['write_only', user.id, user.id],
  ]);
  expect([session.userId, session.provenAt]).toEqual([user.id, scene.now]);
  for (const event of events) {
    expect(JSON.parse(event.actor)).toEqual({ kind: 'user', id: user.id, session_id: session.id, key_id: null });
  }
  await isRefused(scene, linkOf(scene, made.value));
});

test('neither the link nor the password stands in any event (A3)', async () => {
  const scene = await openScene(installation);
  const made = await scene.done(createInvitation(scene.deps, await scene.as('olga'), newcomer()));
  const token = linkOf(scene, made.value);
  const accepted = await scene.done(accept(scene, token));
  const told = JSON.stringify([made, accepted.events, scene.mails()]);
  for (const secret of [token.reveal(), scene.deps.digestOf(token), PASSWORD.reveal()]) {
    expect(told).not.toContain(secret);
  }
});

test.each([
  { title: 'a day before', ms: 6 * DAY_MS, isValid: true },
  { title: 'a millisecond before', ms: 7 * DAY_MS - 1, isValid: true },
  { title: 'at', ms: 7 * DAY_MS, isValid: false },
])('a link is good $title the end of 7 days: $isValid (U2)', async ({ ms, isValid }) => {
  const scene = await openScene(installation);
  const invitation = await invite(scene, 'olga');
  scene.pass(ms);
  if (isValid) await scene.done(accept(scene, linkOf(scene, invitation)));
  else await isRefused(scene, linkOf(scene, invitation));
});

test('sent again, the link before is dead and the new one works for 7 days more (U2)', async () => {
  const scene = await openScene(installation);
  const invitation = await invite(scene, 'adam');
  scene.pass(8 * DAY_MS);
  const again = await scene.done(resendInvitation(scene.deps, await scene.as('olga'), invitation.id));
  expect(again.names).toEqual(['invitation.resent']);
  const { id } = await scene.person('olga');
  expect(again.value).toMatchObject({ resends: 1, invitedBy: id, expiresAt: scene.now + 7 * DAY_MS });
  expect(scene.mails().map(({ facts }) => (facts as { readonly resends: number }).resends)).toEqual([0, 1]);
  await isRefused(scene, linkOf(scene, invitation));
  scene.pass(7 * DAY_MS - 1);
  await scene.done(accept(scene, linkOf(scene, again.value)));
});

test('what is withdrawn is over: no acceptance, no resending, and a second withdrawal changes nothing (U2)', async () => {
  const scene = await openScene(installation);
  const invitation = await invite(scene, 'adam');
  const withdraw = async (by: Name) => withdrawInvitation(scene.deps, await scene.as(by), invitation.id);
  expect((await scene.done(withdraw('ada'))).names).toEqual(['invitation.withdrawn']);
  expect((await scene.done(withdraw('adam'))).names).toEqual([]);
  await isRefused(scene, linkOf(scene, invitation));
  const refusal = await scene.refused(resendInvitation(scene.deps, await scene.as('adam'), invitation.id));
  expect(refusal).toEqual({ kind: 'invitation-over', status: 'withdrawn' });
  await invite(scene, 'adam', { email: invitation.email });
});

test('an invitation that is withdrawn while its acceptance is under way is not accepted (U2)', async () => {
  const scene = await openScene(installation);
  const invitation = await invite(scene, 'adam');
  const olga = await scene.as('olga');
  const hash: CommandDeps['passwords']['hash'] = async (password) => {
    assert.ok((await withdrawInvitation(scene.deps, olga, invitation.id)).ok);
    scene.eventsSince();
    return scene.deps.passwords.hash(password);
  };
  const deps = { ...scene.deps, passwords: { ...scene.deps.passwords, hash } };
  const input = { token: linkOf(scene, invitation), password: PASSWORD, name: null };
  const refusal = await scene.refused(acceptInvitation(deps, scene.anonymous(), input));
  expect(refusal).toEqual({ kind: 'invitation-not-valid' });
});

test('what was accepted can neither be sent again nor withdrawn (U2)', async () => {
  const scene = await openScene(installation);
  const invitation = await invite(scene, 'adam');
  await scene.done(accept(scene, linkOf(scene, invitation)));
  const olga = await scene.as('olga');
  const over = { kind: 'invitation-over', status: 'accepted' };
  expect(await scene.refused(resendInvitation(scene.deps, olga, invitation.id))).toEqual(over);
  expect(await scene.refused(withdrawInvitation(scene.deps, olga, invitation.id))).toEqual(over);
});

test('a pending address is not invited twice, nor one of a user here, whatever its case (U2)', async () => {
  const scene = await openScene(installation);
  const first = await invite(scene, 'adam');
  const again = async (email: string) =>
    scene.refused(createInvitation(scene.deps, await scene.as('olga'), newcomer({ email })));
  expect(await again(first.email.toUpperCase())).toEqual({ kind: 'invitation-pending', invitationId: first.id });
  const rita = await scene.person('rita');
  expect(await again(rita.email?.toUpperCase() ?? '')).toEqual({ kind: 'user-exists', userId: rita.id });
  scene.pass(7 * DAY_MS);
  const second = await invite(scene, 'adam', { email: first.email });
  const refusal = await scene.refused(resendInvitation(scene.deps, await scene.as('adam'), first.id));
  expect(refusal).toEqual({ kind: 'invitation-pending', invitationId: second.id });
});

test('an address of another account is invited just the same, but no mail leaves (T1)', async () => {
  const [scene, other] = [await openScene(installation), await openScene(installation)];
  const { email } = await other.person('rob');
  assert.ok(email !== null);
  const stranger = await scene.done(
    createInvitation(scene.deps, await scene.as('adam'), newcomer({ email: email.toUpperCase() })),
  );
  const free = await scene.done(createInvitation(scene.deps, await scene.as('adam'), newcomer()));
  expect(scene.mails().map(({ recipient }) => recipient)).toEqual([free.value.email]);
  expect(stranger.names).toEqual(free.names);
  const shape = (value: Invitation) => ({ ...value, id: '', email: '' });
  expect(shape(stranger.value)).toEqual(shape(free.value));
  const again = await scene.done(resendInvitation(scene.deps, await scene.as('adam'), stranger.value.id));
  expect([again.names, scene.mails().length]).toEqual([['invitation.resent'], 1]);
  // Even somebody who could make links gets no further than with a link that was never sent.
  await isRefused(scene, linkOf(scene, again.value));
});

test('of two accounts that invite the same person one gets them, and the other link is as dead as any (T1)', async () => {
  const [scene, other] = [await openScene(installation), await openScene(installation)];
  const invitation = await invite(scene, 'adam');
  const rival = await invite(other, 'adam', { email: invitation.email.toLowerCase() });
  expect([scene.mails().length, other.mails().length]).toEqual([1, 1]);
  const outcomes = await Promise.all([
    accept(scene, linkOf(scene, invitation)),
    accept(other, linkOf(other, rival)),
    accept(scene, linkOf(scene, invitation)),
  ]);
  expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
  for (const outcome of outcomes) if (!outcome.ok) expect(outcome.refusal).toEqual({ kind: 'invitation-not-valid' });
});

test.each([
  { title: 'is disabled', input: { isDisabled: true } },
  { title: 'is demoted', input: { userType: 'restricted' } },
] as const)(
  'an invitation goes when its inviter $title, and somebody else may send it anew (U3, U5)',
  async ({ input }) => {
    const scene = await openScene(installation);
    const invitation = await invite(scene, 'adam', { userType: 'administrator' });
    const { id } = await scene.person('adam');
    await scene.done(changeUser(scene.deps, await scene.as('olga'), { userId: id, ...input }));
    await isRefused(scene, linkOf(scene, invitation));
    const again = await scene.done(resendInvitation(scene.deps, await scene.as('ada'), invitation.id));
    const accepted = await scene.done(accept(scene, linkOf(scene, again.value)));
    expect(accepted.value.user.userType).toBe('administrator');
  },
);

test('administrators are invited by a session with fresh proof, also again; restricted users by anything (U3, U8)', async () => {
  const scene = await openScene(installation);
  const administrator = { userType: 'administrator' } as const;
  const context = await scene.as('adam');
  const key = await scene.asKey(
    (await scene.done(createKey(scene.deps, context, { ...PLAIN_KEY, ownerId: null }))).value,
  );
  const invitation = await invite(scene, 'adam', administrator);
  scene.pass(FRESH_PROOF_MS + 1);
  const stale = { ...context, change: { ...context.change, now: scene.now, storable: scene.now } };
  for (const [caller, kind] of [
    [stale, 'fresh-proof-required'],
    [key, 'session-required'],
  ] as const) {
    const create = (rest: Partial<CreateInvitationInput>) => createInvitation(scene.deps, caller, newcomer(rest));
    expect((await scene.refused(create(administrator))).kind).toBe(kind);
    expect((await scene.refused(resendInvitation(scene.deps, caller, invitation.id))).kind).toBe(kind);
    await scene.done(create({}));
  }
});

test('the password must be as long as the account asks, and the name may be left as invited (U7)', async () => {
  const signIn = {
    passwordShortest: 14,
    secondFactor: 'none',
    sessionIdleMinutes: 15,
    sessionLongestHours: 12,
  } as const;
  const scene = await openScene(installation, {}, { signIn, defaultKeys: 'write_only' });
  const token = linkOf(scene, await invite(scene, 'adam'));
  const refusal = await scene.refused(accept(scene, token, { password: new Secret('x'.repeat(13)) }));
  expect(refusal).toEqual({ kind: 'password-too-short', shortest: 14 });
  const { value } = await scene.done(accept(scene, token, { password: new Secret('x'.repeat(14)) }));
  expect([value.user.name, value.keys.map(({ key }) => key.kind)]).toEqual(['Nora', ['write_only']]);
  expect(value.bounds).toEqual({ idleMs: 900_000, longestMs: 12 * 3_600_000 });
});

test('all administrators see all invitations of their account, newest first (U2)', async () => {
  const scene = await openScene(installation);
  const first = await invite(scene, 'adam');
  scene.pass(1);
  const second = await invite(scene, 'olga');
  const list = async (by: Name) => listInvitations(scene.deps, await scene.as(by), { cursor: null, limit: 10 });
  const page = await scene.answered(list('ada'));
  expect(page.items.map(({ id }) => id)).toEqual([second.id, first.id]);
  expect((await scene.refused(list('rita'))).kind).toBe('not-allowed');
});
