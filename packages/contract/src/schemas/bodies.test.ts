import { expect, test } from 'vitest';
import type { z } from 'zod';
import { parseInput } from '../input-errors.ts';
import { ROUTE_NAMES, ROUTES, routeOf } from '../routes.ts';

/** `ok`, or what is wrong, as `pointer code`. */
function verdict(schema: z.ZodType | null, input: unknown): string {
  if (schema === null) return 'no such body';
  const parsed = parseInput(schema, input);
  return parsed.ok ? 'ok' : parsed.refusal.map(({ pointer, code }) => `${pointer} ${code}`).join(', ');
}

const SETUP = {
  token: 'a-set-up-token-of-a-test',
  account: { name: 'Example' },
  owner: { email: 'owner@example.com', name: 'Owner', password: 'twelve chars' },
};
const USER = 'usr_AAAAAAAAAAAAAAAAAAAA';
const NAMED_DAYS = { lifespan_days: 90 };

test.each(ROUTE_NAMES.filter((name) => routeOf(name).body !== null))('%s refuses a field it does not know', (name) => {
  expect(verdict(routeOf(name).body, { surprise: 1 })).toContain('/surprise unknown_field');
});

test.each(ROUTE_NAMES.filter((name) => routeOf(name).query !== null))(
  '%s refuses a parameter it does not know',
  (name) => {
    expect(verdict(routeOf(name).query, { surprise: '1' })).toMatch(/(?:^|, )\/surprise unknown_field$/);
  },
);

test.each([
  { title: 'whole', body: SETUP, expected: 'ok' },
  { title: 'empty', body: {}, expected: '/token missing, /account missing, /owner missing' },
  {
    title: 'without any name',
    body: { ...SETUP, account: { name: '' }, owner: { ...SETUP.owner, name: ' ' } },
    expected: '/account/name too_short, /owner/name wrong_format',
  },
  { title: 'with more', body: { ...SETUP, plan: 'gold' }, expected: '/plan unknown_field' },
])('set-up that is $title: $expected (T2)', ({ body, expected }) => {
  expect(verdict(ROUTES.setup.body, body)).toBe(expected);
});

test.each([
  { length: 11, expected: '/owner/password too_short' },
  { length: 12, expected: 'ok' },
  { length: 128, expected: 'ok' },
  { length: 129, expected: '/owner/password too_long' },
])('a new password of $length characters: $expected (U7, T4)', ({ length, expected }) => {
  const owner = { ...SETUP.owner, password: 'é'.repeat(length) };
  expect(verdict(ROUTES.setup.body, { ...SETUP, owner })).toBe(expected);
});

test.each([
  { email: 'a@b.example', expected: 'ok' },
  { email: 'root@localhost', expected: 'ok' },
  { email: `${'a'.repeat(242)}@example.com`, expected: 'ok' },
  { email: `${'a'.repeat(243)}@example.com`, expected: '/email too_long' },
  { email: 'no address', expected: '/email wrong_format' },
  { email: '@example.com', expected: '/email wrong_format' },
  { email: 'a@b.example\nBcc: c@d.example', expected: '/email wrong_format' },
  { email: 'a@b.example, c@d.example', expected: '/email wrong_format' },
  { email: 7, expected: '/email wrong_type' },
])('the e-mail address $email: $expected', ({ email, expected }) => {
  expect(verdict(ROUTES.create_session.body, { email, password: 'x' })).toBe(expected);
});

test.each([
  { body: { name: 'robot', service_account: true }, expected: 'ok' },
  { body: { name: 'robot', service_account: true, contacts: [USER] }, expected: 'ok' },
  { body: { name: 'robot', service_account: false }, expected: '/service_account not_allowed_value' },
  { body: { name: 'person' }, expected: '/service_account missing' },
  { body: { name: 'robot', service_account: true, contacts: ['me'] }, expected: '/contacts/0 wrong_format' },
  {
    body: { name: 'robot', service_account: true, contacts: Array.from({ length: 21 }, () => USER) },
    expected: '/contacts too_many',
  },
])('a service account from $body: $expected (U6)', ({ body, expected }) => {
  expect(verdict(ROUTES.create_service_account.body, body)).toBe(expected);
});

test.each([
  { body: {}, expected: 'ok' },
  { body: { user_type: 'administrator' }, expected: 'ok' },
  { body: { user_type: 'owner' }, expected: '/user_type not_allowed_value' },
  { body: { disabled: 'true' }, expected: '/disabled wrong_type' },
  { body: { email: 'a@b.example' }, expected: '/email unknown_field' },
])('a user edited with $body: $expected (U1, U3)', ({ body, expected }) => {
  expect(verdict(ROUTES.edit_user.body, body)).toBe(expected);
});

test.each([
  { body: { master: NAMED_DAYS, write_only: { lifespan_days: null } }, expected: 'ok' },
  { body: { master: NAMED_DAYS, write_only: NAMED_DAYS, users_may_only_shorten: true }, expected: 'ok' },
  { body: { master: NAMED_DAYS }, expected: '/write_only missing' },
  {
    body: { master: { lifespan_days: 0 }, write_only: { lifespan_days: 366 } },
    expected: '/master/lifespan_days out_of_range, /write_only/lifespan_days out_of_range',
  },
  { body: { master: 90, write_only: {} }, expected: '/master wrong_type, /write_only/lifespan_days missing' },
  { body: { master: null, write_only: NAMED_DAYS }, expected: '/master wrong_type' },
])('an expiration policy of $body: $expected (E1, E2)', ({ body, expected }) => {
  expect(verdict(ROUTES.set_expiration_policy.body, body)).toBe(expected);
});

test.each([
  { body: {}, expected: 'ok' },
  { body: { master: NAMED_DAYS }, expected: 'ok' },
  { body: { write_only: { lifespan_days: 1.5 } }, expected: '/write_only/lifespan_days wrong_type' },
  { body: { users_may_only_shorten: true }, expected: '/users_may_only_shorten unknown_field' },
])('the expiration policy of a user of $body: $expected (E3)', ({ body, expected }) => {
  expect(verdict(ROUTES.set_user_expiration_policy.body, body)).toBe(expected);
});

test.each([
  { days: 0, expected: '/days_before out_of_range' },
  { days: 1, expected: 'ok' },
  { days: 90, expected: 'ok' },
  { days: 91, expected: '/days_before out_of_range' },
  { days: 7.5, expected: '/days_before wrong_type' },
  { days: null, expected: '/days_before wrong_type' },
])('a reminder period of $days days: $expected (R1)', ({ days, expected }) => {
  expect(verdict(ROUTES.set_reminder_settings.body, { days_before: days })).toBe(expected);
});

test.each([
  { body: { name: 'readers' }, expected: 'ok' },
  { body: { name: 'readers', description: null, permissions: [] }, expected: 'ok' },
  { body: { permissions: [] }, expected: '/name missing' },
  { body: { name: 'readers', permissions: null }, expected: '/permissions wrong_type' },
  {
    body: { name: 'readers', permissions: [{ resource_type: 'database', operation: 'query', ids: '*' }] },
    expected: '/permissions/0/ids wrong_type',
  },
])('a policy of $body: $expected (P2)', ({ body, expected }) => {
  expect(verdict(ROUTES.create_policy.body, body)).toBe(expected);
});

test('a call that takes nothing takes {} and nothing else', () => {
  expect(verdict(ROUTES.attach_policy.body, {})).toBe('ok');
  expect(verdict(ROUTES.attach_policy.body, { user_id: USER })).toBe('/user_id unknown_field');
});

const SOMEBODY = 'usr_00000000000000000001';

test.each([
  { body: { keys: 'delete' }, expected: 'ok' },
  { body: { keys: 'delete', preview: true }, expected: 'ok' },
  { body: { keys: 'reassign', new_owner_id: SOMEBODY }, expected: 'ok' },
  { body: { keys: 'reassign', new_owner_id: SOMEBODY, widen: true, preview: false }, expected: 'ok' },
  { body: {}, expected: '/keys missing' },
  { body: { keys: 'keep' }, expected: '/keys not_allowed_value' },
  { body: { keys: 'reassign' }, expected: '/new_owner_id not_allowed' },
  { body: { keys: 'reassign', new_owner_id: 'rita' }, expected: '/new_owner_id wrong_format' },
  {
    body: { keys: 'delete', new_owner_id: SOMEBODY, widen: false },
    expected: '/new_owner_id not_allowed, /widen not_allowed',
  },
])('deleting a user with $body: $expected (U4)', ({ body, expected }) => {
  expect(verdict(ROUTES.delete_user.body, body)).toBe(expected);
});
