import fc from 'fast-check';
import { expect, test } from 'vitest';
import { earliestFirst } from './earliest-first.ts';

test('numbers come out in their order, whatever order they went in, also when more go in between', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.array(fc.integer()), (first, second) => {
      const queue = earliestFirst();
      for (const value of first) queue.add(value);
      const half = first.slice(0, first.length / 2).map(() => queue.take());
      for (const value of second) queue.add(value);
      const rest = Array.from({ length: queue.size() }, () => queue.take());
      const sorted = first.toSorted((a, b) => a - b);
      expect(half).toEqual(sorted.slice(0, half.length));
      expect(rest).toEqual([...sorted.slice(half.length), ...second].toSorted((a, b) => a - b));
    }),
  );
});

test('nothing is taken from an empty queue', () => {
  expect(() => earliestFirst().take()).toThrow('empty');
});
