import { expect, test } from 'vitest';
import { changesBetween } from './audit-event.ts';

test('only what differs is a change, with old and new value (A3)', () => {
  expect(changesBetween({ name: 'a', kind: 'master', tags: [1] }, { name: 'b', kind: 'master', tags: [1] })).toEqual([
    { attribute: 'name', old: 'a', new: 'b' },
  ]);
});

test('an edit names only what it touches: the rest of the object is no change (A3)', () => {
  expect(changesBetween({ name: 'a', owner: 'x' }, { name: 'b' })).toEqual([{ attribute: 'name', old: 'a', new: 'b' }]);
});

test('what was not there, or goes away, reads as null (A3)', () => {
  expect(changesBetween({}, { name: 'a' })).toEqual([{ attribute: 'name', old: null, new: 'a' }]);
  expect(changesBetween({ name: 'a' }, { name: null })).toEqual([{ attribute: 'name', old: 'a', new: null }]);
  expect(changesBetween({}, { name: null })).toEqual([]);
  expect(changesBetween({ name: undefined }, { name: null })).toEqual([]);
});

test.each([
  [null, 0],
  [0, false],
  ['', null],
  ['1', 1],
  [[], {}],
  [
    ['a', 'b'],
    ['b', 'a'],
  ],
])('%j and %j differ (A3)', (before, after) => {
  expect(changesBetween({ it: before }, { it: after })).toEqual([{ attribute: 'it', old: before, new: after }]);
});
