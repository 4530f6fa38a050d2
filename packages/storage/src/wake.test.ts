import { expect, test } from 'vitest';
import { createWake } from './wake.ts';

test('a listener that throws hinders no other, and the throw is told of (D2)', () => {
  const thrown: unknown[] = [];
  const heard: string[] = [];
  const { listen, wake } = createWake((error) => thrown.push(error));
  const fault = new Error('a mistake of a listener');
  listen(() => {
    throw fault;
  });
  listen(() => heard.push('second'));
  wake();
  expect(heard).toEqual(['second']);
  expect(thrown).toEqual([fault]);
});

test('the same function may listen twice, and leaves once at a time', () => {
  let count = 0;
  const listener = (): void => {
    count += 1;
  };
  const { listen, wake } = createWake(() => undefined);
  const leave = listen(listener);
  listen(listener);
  wake();
  expect(count).toBe(2);
  leave();
  leave();
  wake();
  expect(count).toBe(3);
});
