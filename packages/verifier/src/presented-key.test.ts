import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mayComeBy, presentedKey, USUAL_PLACES } from './presented-key.ts';

const INGESTION = { header: null, takesWriteKey: true };
const named = (header: string) => ({ header, takesWriteKey: true });
const none = { kind: 'none' };
const ambiguous = { kind: 'ambiguous' };
const presented = (text: string, source: string) => ({ kind: 'presented', text, source });

test.each([
  [['Authorization', 'Bearer abc'], presented('abc', 'bearer')],
  [['AUTHORIZATION', 'bEARER  abc '], presented('abc', 'bearer')],
  [['authorization', 'TD1 abc'], presented('abc', 'td1')],
  [['X-Api-Key', 'abc'], presented('abc', 'x-api-key')],
  [['Authorization', 'Bearer'], presented('', 'bearer')],
  [['X-Api-Key', ''], presented('', 'x-api-key')],
  [['Authorization', 'Bearerabc'], none],
  [['Authorization', 'Basic abc'], none],
  [['X-Write-Key', 'abc'], none],
  [['Host', 'x', 'Accept', '*/*'], none],
  [[], none],
])('the usual places are Bearer, TD1 and X-Api-Key (D11): %j', (headers, expected) => {
  expect(presentedKey(headers, 'write_key=abc', USUAL_PLACES)).toEqual(expected);
});

test.each([
  [['Authorization', 'Bearer a', 'Authorization', 'Bearer a']],
  [['Authorization', 'Bearer a', 'authorization', 'Basic b']],
  [['Authorization', 'Basic b', 'X-Api-Key', 'a']],
  [['Authorization', 'TD1 a', 'X-Api-Key', 'a']],
  [['X-Api-Key', 'a', 'x-api-key', 'a']],
])('more than one credential, or one header twice, is ambiguous (D11): %j', (headers) => {
  expect(presentedKey(headers, '', USUAL_PLACES)).toEqual(ambiguous);
});

test.each([
  [['X-Write-Key', 'abc'], '', presented('abc', 'x-write-key')],
  [[], 'a=1&write_key=ab%63&b', presented('abc', 'query')],
  [[], 'write%5Fkey=abc', presented('abc', 'query')],
  [[], '%zz&write_key=%', presented('%', 'query')],
  [[], 'xwrite_key=abc', none],
  [[], 'write_key=a&write_key=a', ambiguous],
  [['X-Write-Key', 'a'], 'write_key=a', ambiguous],
  [['X-Api-Key', 'a'], 'write%5fkey=a', ambiguous],
])('ingestion routes also take X-Write-Key and write_key (D11): %j %s', (headers, query, expected) => {
  expect(presentedKey(headers, query, INGESTION)).toEqual(expected);
});

test('a rule that names the header lets other credentials pass through untouched (D9)', () => {
  const headers = ['Authorization', 'Basic b', 'X-Api-Key', 'a', 'X-Claviger', 'mine'];
  expect(presentedKey(headers, 'write_key=q', named('x-claviger'))).toEqual(presented('mine', 'named-header'));
  expect(presentedKey([...headers, 'x-claviger', 'twice'], '', named('x-claviger'))).toEqual(ambiguous);
  expect(presentedKey(headers, '', named('x-other'))).toEqual(none);
  expect(presentedKey(['X-Api-Key', 'a', 'Authorization', 'TD1 b'], '', named('authorization'))).toEqual(
    presented('b', 'td1'),
  );
});

test('a master key may not come in a URL or in X-Write-Key (D11)', () => {
  const sources = ['bearer', 'td1', 'x-api-key', 'x-write-key', 'query', 'named-header'] as const;
  expect(sources.filter((source) => !mayComeBy(source, 'master'))).toEqual(['x-write-key', 'query']);
  expect(sources.every((source) => mayComeBy(source, 'write_only'))).toBe(true);
});

test('no header or query makes it throw, and two credentials are never taken for one (D11)', () => {
  const name = fc.constantFrom('Authorization', 'X-Api-Key', 'X-Write-Key', 'Cookie', 'aUthorization');
  const pairs = fc.array(fc.tuple(name, fc.string()), { maxLength: 5 });
  fc.assert(
    fc.property(pairs, fc.string({ unit: 'binary' }), (headers, query) => {
      const credentials = headers.filter(([header]) => header !== 'Cookie').length;
      const answer = presentedKey(headers.flat(), query, INGESTION);
      if (credentials > 1) expect(answer.kind).toBe('ambiguous');
      if (credentials === 0 && !query.includes('write')) expect(answer.kind).toBe('none');
    }),
  );
});
