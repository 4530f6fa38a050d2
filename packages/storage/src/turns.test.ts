import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

test('work of one queue runs in order, one at a time, whatever becomes of the one before', async () => {
  const turns = createTurns();
  const log: string[] = [];
  const first = Promise.withResolvers<string>();
  const runs = [
    turns('a', async () => {
      log.push('first begins');
      return first.promise;
    }),
    turns('a', async () => {
      log.push('second begins');
      throw new Error('second fails');
    }),
    turns('a', async () => {
      log.push('third begins');
      return 'third';
    }),
  ];
  // Another queue does not wait for this one.
  expect(await turns('b', async () => 'other')).toBe('other');
  expect(log).toEqual(['first begins']);
  first.resolve('first');
  const results = await Promise.allSettled(runs);
  expect(log).toEqual(['first begins', 'second begins', 'third begins']);
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});
