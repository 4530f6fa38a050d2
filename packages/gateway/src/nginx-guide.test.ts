import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseRouteFile } from './route-file.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const GUIDE = read('docs/guides/nginx.md');

test('the configuration in the guide is the one that is tried out, word for word (D8)', () => {
  expect(/```nginx\n(.*?)```/s.exec(GUIDE)?.[1]).toBe(read('examples/nginx/claviger.conf'));
});

test('the route rules in the guide are taken as they are (D9)', () => {
  expect(parseRouteFile(/```json\n(.*?)```/s.exec(GUIDE)?.[1] ?? '').ok).toBe(true);
});

test('every placeholder of the configuration is explained at its top', () => {
  const conf = read('examples/nginx/claviger.conf');
  const placeholders = new Set(conf.match(/\$\{[A-Z_]+\}/g));
  for (const placeholder of placeholders) expect(conf).toContain(`#   ${placeholder} `);
});
