import { describe, expect, test } from 'vitest';
import type { UserId } from './ids.ts';
import {
  isAdministrative,
  isRise,
  type ManagedUser,
  mayAdminister,
  mayChangeUserType,
  mayDeleteUser,
  mayDisableUser,
  mayManage,
  maySee,
  USER_TYPES,
  type UserType,
} from './management.ts';

const user = (userType: UserType, name: string): ManagedUser => ({ id: `usr_${name}` as UserId, userType });

type Row = {
  readonly actor: UserType;
  readonly target: UserType | 'self';
  readonly see: boolean;
  readonly manage: boolean;
  readonly administer: boolean;
  readonly disable: boolean;
  readonly delete: boolean;
  /** The types that the actor may turn the target into. */
  readonly into: readonly UserType[];
};

const EVERY_OTHER = { see: true, manage: true, administer: true, disable: true, delete: true } as const;
const NONE = { see: false, manage: false, administer: false, disable: false, delete: false, into: [] } as const;
const ROWS: readonly Row[] = [
  { actor: 'owner', target: 'self', ...EVERY_OTHER, disable: false, delete: false, into: [] },
  // An account has exactly one Owner (U1); the row says what would hold if a second one came along.
  { actor: 'owner', target: 'owner', ...EVERY_OTHER, disable: false, delete: false, into: [] },
  { actor: 'owner', target: 'administrator', ...EVERY_OTHER, into: ['administrator', 'restricted'] },
  { actor: 'owner', target: 'restricted', ...EVERY_OTHER, into: ['administrator', 'restricted'] },
  { actor: 'administrator', target: 'self', ...EVERY_OTHER, disable: false, delete: false, into: [] },
  { actor: 'administrator', target: 'owner', ...NONE, see: true },
  { actor: 'administrator', target: 'administrator', ...NONE, see: true },
  { actor: 'administrator', target: 'restricted', ...EVERY_OTHER, into: ['administrator', 'restricted'] },
  { actor: 'restricted', target: 'self', ...NONE, see: true, manage: true },
  { actor: 'restricted', target: 'owner', ...NONE },
  { actor: 'restricted', target: 'administrator', ...NONE },
  { actor: 'restricted', target: 'restricted', ...NONE },
];

describe('who manages whom (U3)', () => {
  test('the table is complete', () => {
    const cells = USER_TYPES.flatMap((actor) => ['self', ...USER_TYPES].map((target) => `${actor} ${target}`));
    expect(ROWS.map(({ actor, target }) => `${actor} ${target}`).toSorted()).toEqual(cells.toSorted());
  });

  test.each(ROWS)('$actor on $target (U3)', (row) => {
    const actor = user(row.actor, 'actor');
    const target = row.target === 'self' ? actor : user(row.target, 'target');
    expect({
      see: maySee(actor, target),
      manage: mayManage(actor, target),
      administer: mayAdminister(actor, target),
      disable: mayDisableUser(actor, target),
      delete: mayDeleteUser(actor, target),
      into: USER_TYPES.filter((to) => mayChangeUserType(actor, target, to)),
    }).toEqual({
      see: row.see,
      manage: row.manage,
      administer: row.administer,
      disable: row.disable,
      delete: row.delete,
      into: row.into,
    });
  });

  test('nobody becomes or stops being Owner by a change of type (U1)', () => {
    for (const actor of USER_TYPES) {
      for (const target of USER_TYPES) {
        expect(mayChangeUserType(user(actor, 'a'), user(target, 'b'), 'owner')).toBe(false);
        expect(mayChangeUserType(user(actor, 'a'), user('owner', 'b'), target)).toBe(false);
      }
    }
  });

  test('nobody changes their own type (U3)', () => {
    for (const userType of USER_TYPES) {
      for (const to of USER_TYPES) {
        expect(mayChangeUserType(user(userType, 'a'), user(userType, 'a'), to)).toBe(false);
      }
    }
  });

  test('Owner and administrators administer, restricted users do not', () => {
    expect(USER_TYPES.filter(isAdministrative)).toEqual(['owner', 'administrator']);
  });
});

test.each(USER_TYPES.flatMap((from) => USER_TYPES.map((to) => ({ from, to }))))(
  'from $from to $to is a rise or not (U3)',
  ({ from, to }) => {
    const rises = ['restricted administrator', 'restricted owner', 'administrator owner'];
    expect(isRise(from, to)).toBe(rises.includes(`${from} ${to}`));
  },
);
