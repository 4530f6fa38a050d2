import type { AnswerOf } from '@claviger/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { invitationToken } from '../commands/invitation-link.ts';
import { type CallerHeaders, type Cast, openCast } from './testing/cast.ts';
import { send } from './testing/send.ts';
import { openTestPlane, type TestPlane } from './testing/test-plane.ts';

type Wire = AnswerOf<'create_invitation'>;

let plane: TestPlane;
let cast: Cast;
beforeAll(async () => {
  plane = await openTestPlane();
  cast = await openCast(plane);
});
afterAll(() => plane.close());

const post = <T>(path: string, body: unknown, headers: CallerHeaders = {}) =>
  send<T>(plane, { method: 'POST', path: `/v1/invitations${path}`, headers, body });
const accept = (token: string, rest: object = {}) =>
  post<AnswerOf<'accept_invitation'>>('/accept', { token, password: 'correct horse battery', ...rest });
const tokenOf = (id: string, resends: number): string =>
  invitationToken({ sealer: plane.deps.sealer }, { id: id as never, resends }).reveal();
const withoutIds = (text: string): string => text.replaceAll(/(?:req|inv)_\w+|[\w.]+@[\w.]+/g, '');

test('a person comes in by invitation: link, two secrets shown once, a cookie that works (U2, K2, K7)', async () => {
  const adam = await cast.session('adam');
  const made = await post<Wire>('', { email: 'nora@new.example', name: 'Nora' }, adam);
  expect(made).toMatchObject({ status: 201, names: ['user.invited'] });
  expect(made.body).toMatchObject({ status: 'pending', user_type: 'restricted', resends: 0, user_id: null });
  const token = tokenOf(made.body.id, 0);
  expect(token).toMatch(/^[\w-]{43}$/);
  const foreign = await post(
    '/accept',
    { token, password: 'correct horse battery' },
    { origin: 'https://evil.example' },
  );
  expect(foreign).toMatchObject({ status: 403, code: 'origin_mismatch', names: [] });
  const accepted = await accept(token);
  expect(accepted.status).toBe(201);
  expect(accepted.body.user).toMatchObject({ name: 'Nora', email: 'nora@new.example', user_type: 'restricted' });
  expect(accepted.body.keys.map(({ kind, secret }) => [kind, typeof secret])).toEqual([
    ['master', 'string'],
    ['write_only', 'string'],
  ]);
  expect(accepted.headers.get('set-cookie')).toMatch(
    /^claviger=[\w-]{43}; Max-Age=86400; Path=\/; HttpOnly; SameSite=Lax$/,
  );
  const cookie = (accepted.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  expect(await send(plane, { method: 'GET', path: '/v1/me', headers: { cookie } })).toMatchObject({ status: 200 });
  const list = await send<AnswerOf<'list_invitations'>>(plane, {
    method: 'GET',
    path: '/v1/invitations',
    headers: adam,
  });
  expect(list.body.data).toMatchObject([{ id: made.body.id, status: 'accepted', user_id: accepted.body.user.id }]);
  const kept = JSON.stringify(plane.eventsAfter(0)) + plane.logged.join('\n') + list.text + made.text;
  for (const secret of [token, 'correct horse battery', ...accepted.body.keys.map((key) => String(key.secret))]) {
    expect(kept).not.toContain(secret.slice(-40));
  }
});

test('whatever is wrong with a link, the answer has the same bytes (U2, T1)', async () => {
  const olga = await cast.session('olga');
  const other = await openCast(plane);
  const taken = (await other.scene.person('rob')).email;
  const invite = async (email: string | null) => (await post<Wire>('', { email, name: 'N' }, olga)).body.id;
  const [used, withdrawn, replaced, elsewhere] = [
    await invite('used@new.example'),
    await invite('withdrawn@new.example'),
    await invite('replaced@new.example'),
    await invite(taken),
  ];
  expect((await accept(tokenOf(used, 0))).status).toBe(201);
  const path = `/v1/invitations/${withdrawn}`;
  expect(await send(plane, { method: 'DELETE', path, headers: olga })).toMatchObject({ status: 204 });
  expect(await post(`/${replaced}/resend`, {}, olga)).toMatchObject({ status: 200, body: { resends: 1 } });
  const texts = new Set<string>();
  for (const token of ['x', 'A'.repeat(43), ...[used, withdrawn, replaced, elsewhere].map((id) => tokenOf(id, 0))]) {
    const answer = await accept(token);
    expect(answer).toMatchObject({ status: 401, code: 'invitation_not_valid', names: [] });
    texts.add(withoutIds(answer.text));
  }
  expect(texts.size).toBe(1);
  expect((await accept(tokenOf(replaced, 1))).status).toBe(201);
});

test('an address that another account has is answered with the same bytes as a free one (T1)', async () => {
  const adam = await cast.session('adam');
  const other = await openCast(plane);
  const taken = (await other.scene.person('rita')).email;
  const answers = [
    await post<Wire>('', { email: taken, name: 'N' }, adam),
    await post<Wire>('', { email: 'free@new.example', name: 'N' }, adam),
  ];
  const [a, b] = answers.map(({ text, status, names }) => ({ text: withoutIds(text), status, names }));
  expect(a).toEqual(b);
  const again = await Promise.all(answers.map(({ body }) => post(`/${body.id}/resend`, {}, adam)));
  expect(withoutIds(again[0]?.text ?? '')).toBe(withoutIds(again[1]?.text ?? ''));
  const own = await post('', { email: taken, name: 'N' }, await cast.session('olga'));
  expect(own).toMatchObject({ status: 409, code: 'invitation_pending', body: { invitation_id: answers[0]?.body.id } });
  const rita = await cast.scene.person('rita');
  const exists = await post('', { email: rita.email, name: 'N' }, adam);
  expect(exists).toMatchObject({ status: 409, code: 'user_exists', body: { user_id: rita.id } });
});

test('a short password is refused with the minimum of the account, and the link still works (U7)', async () => {
  const signIn = { ...cast.scene.account.signIn, passwordShortest: 20 };
  const strict = await openCast(plane, { signIn });
  const made = await post<Wire>('', { email: 'strict@new.example', name: 'N' }, await strict.session('olga'));
  const token = tokenOf(made.body.id, 0);
  const refused = await accept(token, { password: 'x'.repeat(19) });
  expect(refused).toMatchObject({ status: 422, code: 'password_too_short', body: { shortest: 20 }, names: [] });
  expect(await accept(token, { password: 'x'.repeat(7) })).toMatchObject({ status: 400, code: 'invalid_body' });
  expect((await accept(token, { password: 'x'.repeat(20), name: 'Own name' })).body.user.name).toBe('Own name');
});

test('a repeated POST with the same Idempotency-Key invites once (U2)', async () => {
  const adam = await cast.session('adam');
  const headers = { ...adam, 'idempotency-key': 'invite-somebody-once' };
  const body = { email: 'once@new.example', name: 'N' };
  const first = await post<Wire>('', body, headers);
  const second = await post<Wire>('', body, headers);
  expect(second.headers.get('idempotent-replayed')).toBe('true');
  expect([second.status, second.text, second.names]).toEqual([201, first.text, []]);
});

test('guesses from one address are limited (U2)', async () => {
  const own = await openTestPlane();
  const guess = () =>
    send(own, { method: 'POST', path: '/v1/invitations/accept', body: { token: 'x', password: 'correct horse' } });
  for (let count = 0; count < 100; count += 1) expect((await guess()).status).toBe(401);
  const refused = await guess();
  expect(refused).toMatchObject({ status: 429, code: 'too_many_attempts', names: [] });
  expect(refused.headers.get('retry-after')).toBe('900');
  await own.close();
});
