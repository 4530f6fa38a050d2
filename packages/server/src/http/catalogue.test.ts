import type { AnswerOf } from '@claviger/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallerHeaders, type Cast, openCast } from './testing/cast.ts';
import { send, type TestAnswer } from './testing/send.ts';
import { openTestPlane, type TestPlane } from './testing/test-plane.ts';

let plane: TestPlane;
let cast: Cast;
let olga: CallerHeaders;
beforeAll(async () => {
  plane = await openTestPlane();
  cast = await openCast(plane);
  olga = await cast.session('olga');
});
afterAll(() => plane.close());

const path = '/v1/resource-catalogue';
type Catalogue = AnswerOf<'read_resource_catalogue'>;
type Types = readonly unknown[];
const read = () => send<Catalogue>(plane, { method: 'GET', path, headers: olga });
const set = (types: Types): Promise<TestAnswer<Catalogue>> =>
  send<Catalogue>(plane, { method: 'PUT', path, headers: olga, body: { resource_types: types } });

const STREAM = {
  name: 'stream',
  operations: [{ name: 'append', ingestion: true }, { name: 'read' }, { name: 'all', includes: ['append', 'read'] }],
};

test('a catalogue is set whole, shown as it was set, and decides before the answer (P3, P4)', async () => {
  const rita = await cast.scene.person('rita');
  const { text } = await cast.makeKeyText(rita, { kind: 'write_only' });
  const decide = (operation: string, of = text) =>
    plane.installation.verifier.decide({
      key: of.reveal(),
      typeAndOperation: `stream:${operation}`,
      resourceName: 'clicks',
      ip: null,
      origin: null,
      accountIds: null,
      now: plane.installation.clock.now(),
    }).code;
  expect(decide('append')).toBe('insufficient_permission');
  const before = (await read()).body.resource_types;
  const answer = await set([...before, STREAM]);
  expect(answer).toMatchObject({ status: 200, names: ['resource_catalogue.changed'] });
  expect(answer.body).toEqual({
    object: 'resource_catalogue',
    resource_types: [
      ...before,
      {
        name: 'stream',
        operations: [
          { name: 'append', ingestion: true, includes: [] },
          { name: 'read', ingestion: false, includes: [] },
          { name: 'all', ingestion: false, includes: ['append', 'read'] },
        ],
      },
    ],
  });
  expect((await read()).body).toEqual(answer.body);
  await cast.scene.policy([{ resourceType: 'stream', operation: 'all', ids: ['*'] }], 'rita');
  expect([decide('append'), decide('read')]).toEqual(['allowed', 'write_only_key']);
  const narrowing = { permissions: [{ resourceType: 'stream', operation: 'all', ids: ['clicks'] }] };
  const narrowed = await cast.makeKeyText(await cast.scene.person('olga'), narrowing);
  expect([decide('append', narrowed.text), decide('read', narrowed.text)]).toEqual(['allowed', 'allowed']);
  // An operation that includes less gives less, from the next verification on.
  const smaller = {
    ...STREAM,
    operations: STREAM.operations.map(({ name, ingestion = false }) => ({ name, ingestion })),
  };
  expect((await set([...before, smaller])).status).toBe(200);
  expect([decide('append'), decide('read', narrowed.text), decide('all', narrowed.text)]).toEqual([
    'insufficient_permission',
    'insufficient_permission',
    'allowed',
  ]);
});

const operations = (...list: readonly unknown[]): Types => [{ name: 'a', operations: list }];

test.each<[string, Types, readonly { readonly pointer: string; readonly code: string }[]]>([
  [
    'a name with a capital',
    operations({ name: 'Read' }),
    [{ pointer: '/resource_types/0/operations/0/name', code: 'wrong_format' }],
  ],
  [
    'a name twice',
    operations({ name: 'x' }, { name: 'x' }),
    [{ pointer: '/resource_types/0/operations/1/name', code: 'doubled' }],
  ],
  [
    'an inclusion of nothing',
    operations({ name: 'x', includes: ['y'] }),
    [{ pointer: '/resource_types/0/operations/0/includes', code: 'unknown_operation' }],
  ],
  [
    'a circle',
    operations({ name: 'x', includes: ['x'] }),
    [{ pointer: '/resource_types/0/operations/0/includes', code: 'circle' }],
  ],
  [
    'ingestion that includes reading',
    operations({ name: 'x', ingestion: true, includes: ['y'] }, { name: 'y' }),
    [{ pointer: '/resource_types/0/operations/0/includes', code: 'not_ingestion' }],
  ],
  ['a type twice', [...operations(), ...operations()], [{ pointer: '/resource_types/1/name', code: 'doubled' }]],
  ['no operations', [{ name: 'a' }], [{ pointer: '/resource_types/0/operations', code: 'missing' }]],
])('%s is refused, and says where (P3, T3)', async (_what, types, errors) => {
  const answer = await set(types);
  expect(answer).toMatchObject({ status: 400, code: 'invalid_body', names: [] });
  expect((answer.body as unknown as { readonly errors: unknown }).errors).toMatchObject(errors);
});

test('an operation in use stays, and the refusal names what uses it (P3)', async () => {
  const policyId = await cast.scene.policy([{ resourceType: 'database', operation: 'edit', ids: ['*'] }]);
  const answer = await set([]);
  expect(answer).toMatchObject({ status: 409, code: 'operation_in_use', names: [] });
  expect(answer.body).toMatchObject({ policy_ids: expect.arrayContaining([policyId]) });
});

test('a mark stays what it was, also through an absence (P3)', async () => {
  const before = (await read()).body.resource_types;
  const queue = (ingestion: boolean) => ({ name: 'queue', operations: [{ name: 'push', ingestion }] });
  expect((await set([...before, queue(true)])).status).toBe(200);
  expect((await set(before)).status).toBe(200);
  const answer = await set([...before, queue(false)]);
  expect(answer).toMatchObject({ status: 422, code: 'ingestion_mark_changed', names: [] });
  const pointer = `/resource_types/${before.length}/operations/0/ingestion`;
  expect(answer.body).toMatchObject({ errors: [{ pointer, code: 'mark_changed' }] });
});
