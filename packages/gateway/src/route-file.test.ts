import { expect, test } from 'vitest';
import { parseRouteFile } from './route-file.ts';
import { matchRoute } from './route-rules.ts';

const RULE = {
  method: 'POST',
  path: '/v3/event/:database/:table',
  operation: 'import',
  resource: 'database::database',
};

function mistakesOf(file: unknown): readonly string[] {
  const parsed = parseRouteFile(typeof file === 'string' ? file : JSON.stringify(file));
  return parsed.ok ? [] : parsed.refusal.map(({ pointer, detail }) => `${pointer}: ${detail}`);
}

function mistakesOfRule(change: object): readonly string[] {
  return mistakesOf({ unmatched: 'refuse', rules: [{ ...RULE, ...change }] });
}

test('a rule maps method and path template to operation and resource (D9)', () => {
  const parsed = parseRouteFile(
    JSON.stringify({
      unmatched: 'authenticate_only',
      rules: [
        { ...RULE, allow_write_key_query: true },
        { ...RULE, method: 'GET', operation: 'query', resource: 'table::database.:table', key_header: 'X-Service-Key' },
      ],
    }),
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.refusal));
  expect(parsed.value.unmatched).toBe('authenticate_only');
  expect(matchRoute(parsed.value, 'POST', '/v3/event/sales/orders')).toMatchObject({
    kind: 'matched',
    rule: { typeAndOperation: 'database:import', keyHeader: null, allowWriteKeyQuery: true },
    resourceName: 'sales',
  });
  expect(matchRoute(parsed.value, 'GET', '/v3/event/sales/orders')).toMatchObject({
    rule: { typeAndOperation: 'table:query', keyHeader: 'x-service-key', allowWriteKeyQuery: false },
    resourceName: 'sales.orders',
  });
});

test('all mistakes of a file come at once, each with its pointer (D9)', () => {
  const mistakes = mistakesOf({
    unmatched: 'allow',
    extra: 1,
    rules: [
      { ...RULE, method: 'post' },
      { ...RULE, resource: 'database::nosuch' },
      { ...RULE, 'a/b': 1, operation: undefined },
      'rule',
      RULE,
      { ...RULE, path: '/v3/event/:other/:name', resource: 'database::other' },
    ],
  });
  expect(mistakes.map((mistake) => mistake.slice(0, mistake.indexOf(':')))).toEqual([
    '/unmatched',
    '/extra',
    '/rules/0/method',
    '/rules/1/resource',
    '/rules/2/operation',
    '/rules/2/a~1b',
    '/rules/3',
    '/rules/5',
  ]);
  expect(mistakes.at(-1)).toContain('matches the same requests as /rules/4');
});

test.each([
  ['', 'is not JSON'],
  ['{', 'is not JSON'],
  ['[]', ''],
  ['null', ''],
  ['{"unmatched":"refuse"}', '/rules'],
  ['{"rules":[]}', '/unmatched'],
])('the file %j is refused (D9)', (text, start) => {
  const mistakes = mistakesOf(text);
  expect(mistakes.length).toBeGreaterThan(0);
  expect(mistakes[0]).toContain(start);
});

test('an empty list of rules is a file: everything is unmatched then (D9)', () => {
  expect(mistakesOf({ unmatched: 'refuse', rules: [] })).toEqual([]);
});

test.each([
  [{ method: 'HEAD' }, '/rules/0/method'],
  [{ method: 'CONNECT' }, '/rules/0/method'],
  [{ method: 'TRACE' }, '/rules/0/method'],
  [{ method: '*' }, '/rules/0/method'],
  [{ path: 'v3' }, '/rules/0/path'],
  [{ path: '/v3/' }, '/rules/0/path'],
  [{ path: '/v3//a' }, '/rules/0/path'],
  [{ path: '/v3/../a' }, '/rules/0/path'],
  [{ path: '/v3/a%20b' }, '/rules/0/path'],
  [{ path: '/v3/*' }, '/rules/0/path'],
  [{ path: '/v3?x' }, '/rules/0/path'],
  [{ path: '/v3#x' }, '/rules/0/path'],
  [{ path: '/v3;x' }, '/rules/0/path'],
  [{ path: '/v3\\x' }, '/rules/0/path'],
  [{ path: '/v3/\ud800' }, '/rules/0/path'],
  [{ path: '/v3/:' }, '/rules/0/path'],
  [{ path: '/v3/:1' }, '/rules/0/path'],
  [{ path: '/v3/:a-b' }, '/rules/0/path'],
  [{ path: '/v3/:a/:a', resource: 'database::a' }, '/rules/0/path'],
  [{ operation: '' }, '/rules/0/operation'],
  [{ operation: 'a:b' }, '/rules/0/operation'],
  [{ operation: 'o'.repeat(65) }, '/rules/0/operation'],
  [{ resource: 'database' }, '/rules/0/resource'],
  [{ resource: 'database:' }, '/rules/0/resource'],
  [{ resource: ':database' }, '/rules/0/resource'],
  [{ resource: 'data base:x' }, '/rules/0/resource'],
  [{ resource: 'table::database:table' }, '/rules/0/resource'],
  [{ key_header: 'X Key' }, '/rules/0/key_header'],
  [{ key_header: 'Host' }, '/rules/0/key_header'],
  [{ key_header: 'claviger-key-id' }, '/rules/0/key_header'],
  [{ key_header: 'X-Original-URI' }, '/rules/0/key_header'],
  [{ allow_write_key_query: false }, '/rules/0/allow_write_key_query'],
  [{ allow_write_key_query: true, key_header: 'X-Key' }, '/rules/0/allow_write_key_query'],
])('a rule with %j is refused at %s (D9)', (change, pointer) => {
  expect(mistakesOfRule(change).map((mistake) => mistake.split(': ')[0])).toEqual([pointer]);
});
