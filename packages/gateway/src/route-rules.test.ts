import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseResourceTemplate } from './resource-template.ts';
import { compileRouteRules, findDuplicateRules, matchRoute, NO_ROUTE_RULES, type RouteRule } from './route-rules.ts';

function rule(method: string, path: string, resource = 'database:fixed'): RouteRule {
  const segments = path.split('/').slice(1);
  const template = parseResourceTemplate(resource, segments);
  if (!template.ok) throw new Error(template.refusal);
  const typeAndOperation = `${template.value.type}:${path}`;
  return { method, segments, typeAndOperation, resource: template.value, keyHeader: null, allowWriteKeyQuery: false };
}

const RULES = compileRouteRules('refuse', [
  rule('POST', '/v3/event/:database/:table', 'database::database'),
  rule('GET', '/v3/:kind/list'),
  rule('GET', '/v3/table/:name', 'table::name'),
  rule('GET', '/v3/table/list/all'),
  rule('GET', '/v3/:a/:b/:c'),
  rule('GET', '/pair/:a/:b', 'pair::a.:b'),
]);

function matched(method: string, target: string): string {
  const match = matchRoute(RULES, method, target);
  if (match.kind !== 'matched') return match.kind;
  return `${match.rule.segments.join('/')} ${match.resourceName}`;
}

test('a literal goes before a parameter, segment by segment from the left (D9)', () => {
  expect(matched('GET', '/v3/event/list')).toBe('v3/:kind/list fixed');
  expect(matched('GET', '/v3/table/list')).toBe('v3/table/:name list');
  expect(matched('GET', '/v3/table/list/all')).toBe('v3/table/list/all fixed');
  expect(matched('GET', '/v3/table/list/some')).toBe('v3/:a/:b/:c fixed');
});

test('HEAD counts as GET, and no other method stands for another (D9)', () => {
  expect(matched('HEAD', '/v3/table/x')).toBe('v3/table/:name x');
  for (const method of ['get', 'Get', 'PUT', 'OPTIONS', '', 'TRACE', '__proto__', 'constructor']) {
    expect(matched(method, '/v3/table/x')).toBe('unmatched');
  }
});

test.each(['/V3/table/x', '/v3/Table/x', '/v3/table/x/', '/v3/table', '/v3/table/', '/v3', '/', '/v3/table/x/y/z'])(
  'the path %s matches no rule (D9)',
  (target) => {
    expect(matched('GET', target)).toBe('unmatched');
  },
);

test('a query is cut off and handed on; it never matches (D9)', () => {
  expect(matchRoute(RULES, 'GET', '/v3/table/x?write_key=a/b')).toMatchObject({
    kind: 'matched',
    resourceName: 'x',
    query: 'write_key=a/b',
  });
});

test('names come decoded, and an encoded letter is the letter (D9)', () => {
  expect(matched('GET', '/v3/table/caf%C3%A9')).toBe('v3/table/:name café');
  expect(matched('GET', '/%76%33/t%61ble/x')).toBe('v3/table/:name x');
});

test('a value that holds the separator of its resource name matches nothing (D9)', () => {
  expect(matched('GET', '/pair/a/b')).toBe('pair/:a/:b a.b');
  expect(matched('GET', '/pair/a/b.c')).toBe('pair/:a/:b a.b.c');
  expect(matched('GET', '/pair/a.b/c')).toBe('unmatched');
});

test('a resource name longer than a question may hold matches nothing (D8)', () => {
  expect(matched('GET', `/v3/table/${'x'.repeat(200)}`)).toBe(`v3/table/:name ${'x'.repeat(200)}`);
  expect(matched('GET', `/v3/table/${'x'.repeat(201)}`)).toBe('unmatched');
});

test('a path that a lenient server takes for a ruled one is told apart from a free one (D9)', () => {
  const looksRuled = (method: string, target: string): unknown => {
    const match = matchRoute(RULES, method, target);
    return match.kind === 'unmatched' && match.looksRuled;
  };
  expect(looksRuled('GET', '/V3/TABLE/x')).toBe(true);
  expect(looksRuled('HEAD', '/v3/table/x/')).toBe(true);
  expect(looksRuled('GET', '/pair/a.b/c')).toBe(true);
  expect(looksRuled('GET', '/free/path')).toBe(false);
  expect(looksRuled('PUT', '/v3/table/x')).toBe(false);
});

test('rules for the same paths are found, whatever their parameters are called (D9)', () => {
  const rules = [rule('GET', '/a/:x'), rule('POST', '/a/:x'), rule('GET', '/a/:y'), rule('GET', '/a/x')];
  expect(findDuplicateRules(rules)).toEqual([{ index: 2, earlier: 0 }]);
});

test('without rules nothing matches (D9)', () => {
  expect(matchRoute(NO_ROUTE_RULES, 'GET', '/')).toEqual({ kind: 'unmatched', looksRuled: false });
});

const word = fc.constantFrom('a', 'b', 'c');
const templateSegment = fc.oneof(word, fc.constantFrom(':x', ':y'));
const template = fc.array(templateSegment, { maxLength: 4 });

/** The plain meaning of precedence: of all rules that fit, the one with the leftmost literal where they differ. */
function bestOf(templates: readonly (readonly string[])[], path: readonly string[]): string | null {
  const fits = (segments: readonly string[]): boolean =>
    segments.length === path.length && segments.every((part, at) => part.startsWith(':') || part === path[at]);
  const rank = (segments: readonly string[]): string => segments.map((part) => (part.startsWith(':') ? 1 : 0)).join('');
  const [best] = templates.filter(fits).sort((a, b) => rank(a).localeCompare(rank(b)));
  return best === undefined ? null : best.join('/');
}

test('the rule found is the most literal one that fits, in whatever order rules are listed (D9)', () => {
  fc.assert(
    fc.property(fc.array(template, { maxLength: 12 }), fc.array(word, { maxLength: 4 }), (templates, path) => {
      const all = templates.map((segments) => ({ ...rule('GET', '/x'), segments }));
      const doubled = new Set(findDuplicateRules(all).map(({ index }) => index));
      const rules = all.filter((_, index) => !doubled.has(index));
      const expected = bestOf(
        rules.map(({ segments }) => segments),
        path,
      );
      for (const listed of [rules, rules.toReversed()]) {
        const match = matchRoute(compileRouteRules('refuse', listed), 'GET', `/${path.join('/')}`);
        expect(match.kind === 'matched' ? match.rule.segments.join('/') : null).toBe(expected);
      }
    }),
    { seed: 20_240_503, numRuns: 1_000 },
  );
});
