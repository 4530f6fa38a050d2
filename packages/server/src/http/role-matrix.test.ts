import { problemsOf, ROUTE_NAMES, type Route, type RouteName, routeOf } from '@claviger/contract';
import { NEVER_EXPIRES } from '@claviger/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CONTROL_ROUTE_NAMES } from './paths.ts';
import { EXPECTED } from './role-matrix.expected.ts';
import type { MatrixRow, Outcome, Role, TargetName } from './role-matrix.row.ts';
import { type CallerHeaders, withKey } from './testing/cast.ts';
import { type ClosedCaller, closedCallers } from './testing/closed-callers.ts';
import { type MatrixWorld, openMatrixWorld, pathFor, PERSON_OF } from './testing/matrix-world.ts';
import { send, type TestAnswer } from './testing/send.ts';
import { openTestPlane } from './testing/test-plane.ts';

const ROLES: readonly Role[] = ['owner', 'administrator', 'restricted'];
const TARGETS: readonly TargetName[] = [
  'own',
  'of the Owner',
  'of another administrator',
  'of another restricted user',
  'foreign',
  'absent',
  'malformed',
];

let world: MatrixWorld;
let closed: readonly ClosedCaller[] = [];
const keys = new Map<Role, CallerHeaders>();
beforeAll(async () => {
  const plane = await openTestPlane();
  world = await openMatrixWorld(plane);
  for (const role of ROLES) {
    const person = await world.own.scene.person(PERSON_OF[role]);
    keys.set(role, withKey((await world.own.makeKeyText(person, {})).text));
  }
  closed = await closedCallers(plane, world.own);
});
afterAll(() => world.plane.close());

test('every route of the control plane has a row (Q26)', () => {
  expect(Object.keys(EXPECTED).toSorted()).toEqual([...CONTROL_ROUTE_NAMES].toSorted());
  expect(ROUTE_NAMES.filter((name) => routeOf(name).listener === 'data')).toEqual(['verify_key', 'verify_keys']);
});

test('every field that a PATCH takes is tried (Q26)', () => {
  for (const name of CONTROL_ROUTE_NAMES.filter((candidate) => routeOf(candidate).method === 'PATCH')) {
    const { shape } = routeOf(name).body as unknown as { readonly shape: Readonly<Record<string, unknown>> };
    const tried = new Set(EXPECTED[name].flatMap((row) => Object.keys(row.body?.('') as object)));
    expect([...tried].toSorted()).toEqual(Object.keys(shape).toSorted());
  }
});

const cells = CONTROL_ROUTE_NAMES.flatMap((name) => EXPECTED[name].map((row) => ({ name, row, title: row.title })));

test.each(cells)(
  '$name $title: good callers get what the table says (Q26)',
  { timeout: 120_000 },
  async ({ name, row }) => {
    const notThere = new Set<string>();
    for (const role of ROLES) {
      for (const target of targetsOf(routeOf(name), role)) {
        for (const by of ['session', 'key'] as const) {
          const answer = await request(name, row, { role, target, headers: await goodCaller(role, by) });
          const place = `${role} by ${by}, ${target}: ${answer.text}`;
          expect(outcomeOf(answer), place).toBe(expectedFor(row, { role, target, by }));
          checkAnswer(routeOf(name), answer, { place, isKnown: row.isFor !== 'nobody' });
          if (answer.code === 'not_found') notThere.add(withoutRequestId(answer.text));
        }
      }
    }
    expect(notThere.size, 'other, foreign, absent and malformed ids get the same bytes').toBeLessThanOrEqual(1);
  },
);

test.each(cells)(
  '$name $title: bad credentials are refused as what they are (Q26)',
  { timeout: 120_000 },
  async ({ name, row }) => {
    const route = routeOf(name);
    for (const caller of closed) {
      for (const target of route.target === 'none' ? (['own'] as const) : (['own', 'absent'] as const)) {
        const answer = await request(name, row, { role: 'owner', target, headers: caller.headers });
        expect(outcomeOf(answer), `${caller.title}, ${target}: ${answer.text}`).toBe(
          closedOutcome(row, { route, target, caller }),
        );
        if (answer.status === 401 && row.isFor !== 'nobody') {
          expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="claviger"/);
        }
      }
    }
  },
);

let serial = 0;
async function request(
  name: RouteName,
  row: MatrixRow,
  cell: { readonly role: Role; readonly target: TargetName; readonly headers: CallerHeaders },
): Promise<TestAnswer<unknown>> {
  const route = routeOf(name);
  serial += 1;
  if (row.isReset) await resetExpirationPolicy();
  const path = `${await pathFor(world, route, cell)}${row.query ?? ''}`;
  const body = row.body === undefined ? {} : { body: row.body(`u${serial}`) };
  return send(world.plane, { method: route.method, path, headers: cell.headers, ...body });
}

async function resetExpirationPolicy(): Promise<void> {
  const { scene } = world.own;
  await scene.arrange(async (change) => {
    const account = await change.read.accounts.find(scene.account.id);
    if (account === null) throw new Error('the account is gone');
    await change.accounts.changeExpirationPolicy(account, { lifespans: NEVER_EXPIRES, usersMayOnlyShorten: false });
  });
}

async function goodCaller(role: Role, by: 'session' | 'key'): Promise<CallerHeaders> {
  if (by === 'session') return world.own.session(PERSON_OF[role]);
  const headers = keys.get(role);
  if (headers === undefined) throw new Error(`no key for ${role}`);
  return headers;
}

/** Where a path names nothing there is one target; the Owner's own things are those of the Owner. */
function targetsOf(route: Route, role: Role): readonly TargetName[] {
  if (route.target === 'none') return ['own'];
  return TARGETS.filter((target) => role !== 'owner' || target !== 'of the Owner');
}

function expectedFor(
  row: MatrixRow,
  { role, target, by }: { readonly role: Role; readonly target: TargetName; readonly by: 'session' | 'key' },
): Outcome {
  if (by === 'key' && !row.takesKeys) return 'session_required';
  if (row.isFor === 'administrative' && role === 'restricted') return 'not_allowed';
  return by === 'key' ? (row.expectedByKey ?? row.expected)(role, target) : row.expected(role, target);
}

function closedOutcome(
  row: MatrixRow,
  at: { readonly route: Route; readonly target: TargetName; readonly caller: ClosedCaller },
): Outcome {
  const { caller, route, target } = at;
  const good = row.expected('owner', target);
  if (row.isFor === 'nobody') return caller.isForeignPage && row.startsSession ? 'origin_mismatch' : good;
  if (caller.isNarrowed && row.isOpenToNarrowedKeys) return good;
  if (caller.isForeignPage && route.method === 'GET') return good;
  return caller.code;
}

function outcomeOf(answer: TestAnswer<unknown>): Outcome {
  return answer.code === null ? answer.status : (answer.code as Outcome);
}

/** What holds for every answer: listed problems and events only, a refusal changes nothing, and 403s are recorded (A2). */
function checkAnswer(
  route: Route,
  answer: TestAnswer<unknown>,
  { place, isKnown }: { readonly place: string; readonly isKnown: boolean },
): void {
  expect(answer.headers.get('cache-control')).toBe('no-store');
  if (answer.code === null) {
    for (const event of answer.names) expect(route.events, place).toContain(event);
    const last = answer.events.at(-1);
    expect(answer.headers.get('claviger-version') ?? null).toBe(last === undefined ? null : `1.${last.version}`);
    return;
  }
  expect(problemsOf(route), place).toContain(answer.code);
  const isFailedProof = answer.code === 'password_wrong' || answer.code === 'sign_in_failed';
  const refusals = answer.status === 403 && isKnown ? ['access.denied'] : [];
  expect(answer.names, place).toEqual(isFailedProof ? ['session.failed'] : refusals);
}

function withoutRequestId(text: string): string {
  return text.replaceAll(/req_[0-9A-Za-z]+/g, 'req');
}
