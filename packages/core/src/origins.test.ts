import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isWebOrigin } from './origins.ts';

test.each([
  'https://shop.example',
  'http://localhost',
  'http://localhost:3000',
  'https://shop.example:8443',
  'https://a-b.c_d.example',
  'https://xn--bcher-kva.example',
  'https://10.0.0.1:65535',
  'http://[::1]:8080',
  'http://[2001:db8::1]',
  'https://shop.example:80',
  'http://shop.example:443',
])('%s is an origin as browsers send it (D15)', (text) => {
  expect(isWebOrigin(text)).toBe(true);
  expect(new URL(text).origin).toBe(text);
});

test.each([
  '',
  'null',
  '*',
  'shop.example',
  '//shop.example',
  'https://',
  'https://shop.example/',
  'https://shop.example/a',
  'https://shop.example?',
  'https://shop.example#',
  'https://user@shop.example',
  'https://user:pass@shop.example',
  'https://Shop.example',
  'HTTPS://shop.example',
  'https://shop.example:443',
  'http://shop.example:80',
  'https://shop.example:',
  'https://shop.example:0',
  'https://shop.example:08443',
  'https://shop.example:65536',
  'https://shop.example:99999999',
  'https://*.shop.example',
  'https://shop..example',
  'https://.shop.example',
  'https://shop.example.',
  'https://-shop.example',
  'https://bücher.example',
  'https://shop .example',
  ' https://shop.example',
  'https://shop.example\n',
  'https://shop.example, https://evil.example',
  'https://010.0.0.1',
  'https://10.1',
  'https://[::1',
  'https://[::g]',
  'https://[1.2.3.4]',
  'https://[::ffff:1.2.3.4]',
  'https://[2001:DB8::1]',
  'https://[2001:0db8::1]',
  'https://[]',
  `https://${'a'.repeat(64)}.example`,
  `https://${'a.'.repeat(126)}ab`,
  'ftp://shop.example',
  'file://',
  'javascript:alert(1)',
  'data:text/plain,x',
])('%j is none (D15)', (text) => expect(isWebOrigin(text)).toBe(false));

test('whatever is accepted is its own origin to a browser, port and all (D15)', () => {
  const host = fc.oneof(
    fc.domain(),
    fc.ipV4(),
    fc.ipV6().map((address) => `[${address}]`),
    fc.string({ unit: fc.constantFrom('a', 'z', '0', '.', '-', '_', ':', '[', ']', '@', '/'), maxLength: 12 }),
  );
  const port = fc.oneof(
    fc.constantFrom('', ':80', ':443', ':0', ':'),
    fc.nat(70_000).map((number) => `:${number}`),
  );
  fc.assert(
    fc.property(fc.constantFrom('http', 'https', 'ws'), host, port, (scheme, of, at) => {
      const text = `${scheme}://${of}${at}`;
      // Browsers write IPv6 hosts in the shortest form, which is not checked here.
      if (isWebOrigin(text) && !of.startsWith('[')) expect(new URL(text).origin).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});
