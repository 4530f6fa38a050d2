import { authorizationOf, type HostileRequest, type HostileTarget, requestOf } from './hostile-request.ts';

/** Deep enough to break a parser that recurses. */
const DEPTH = 100_000;

/** Bodies whose length is said twice, not at all, or wrongly. */
export function hostileFraming(target: HostileTarget): readonly HostileRequest[] {
  const posting = (headers: readonly string[], body = ''): Buffer => {
    const always = [authorizationOf(target), 'Content-Type: application/json'];
    return requestOf(target, `POST ${target.path} HTTP/1.1`, [...always, ...headers], body);
  };
  const refused = (title: string, headers: readonly string[], body: string): HostileRequest => ({
    title,
    bytes: posting(headers, body),
    statuses: [400],
  });
  const chunked = 'Transfer-Encoding: chunked';
  return [
    refused('both lengths', ['Content-Length: 2', chunked], '2\r\n{}\r\n0\r\n\r\n'),
    refused('both lengths, the other way round', [chunked, 'Content-Length: 2'], '2\r\n{}\r\n0\r\n\r\n'),
    refused('two lengths', ['Content-Length: 2', 'Content-Length: 3'], '{} '),
    refused('a negative length', ['Content-Length: -1'], ''),
    refused('a length with a sign', ['Content-Length: +2'], '{}'),
    refused('chunked, but not last', ['Transfer-Encoding: chunked, gzip'], '0\r\n\r\n'),
    refused('a bad chunk size', [chunked], 'zz\r\n{}\r\n'),
    refused('a chunk size beyond all', [chunked], `${'f'.repeat(17)}\r\n`),
    { title: 'an unknown transfer coding', bytes: posting(['Transfer-Encoding: xchunked'], '0\r\n\r\n') },
    { title: 'an unknown expectation', bytes: posting(['Expect: wonders', 'Content-Length: 2'], '{}') },
  ];
}

/** Requests whose body is wrong. */
export function hostileBodies({ host, path, credential, bodyLargest }: HostileTarget): readonly HostileRequest[] {
  const posting = (body: Buffer | string, type = 'application/json', more: readonly string[] = []): Buffer => {
    const head = [
      `POST ${path} HTTP/1.1`,
      `Host: ${host}`,
      'Connection: close',
      `Authorization: Bearer ${credential}`,
      `Content-Type: ${type}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...more,
    ];
    return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);
  };
  const depth = Math.min(DEPTH, Math.floor(bodyLargest / 2) - 100);
  return [
    { title: 'deep lists', bytes: posting('['.repeat(depth) + ']'.repeat(depth)), statuses: [400] },
    { title: 'lists that never close', bytes: posting('['.repeat(depth)), statuses: [400] },
    { title: 'deep objects', bytes: posting('{"a":'.repeat(Math.floor(depth / 4))), statuses: [400] },
    { title: 'depth beyond the largest body', bytes: posting('['.repeat(DEPTH * 12)), statuses: [413] },
    ...['', 'null', '[]', '"x"', '0', 'true', '{', '{]', 'NaN', '1e999', '\uFEFF{}', '{"a":1}{"b":2}'].map((body) => ({
      title: `the body ${body}`,
      bytes: posting(body),
      statuses: [400],
    })),
    {
      title: 'a prototype',
      bytes: posting('{"__proto__":{"key":"x"},"constructor":{"prototype":{}}}'),
      statuses: [400],
    },
    { title: 'a name twice', bytes: posting('{"key":"a","key":"b"}'), statuses: [400] },
    { title: 'half a character', bytes: posting('{"key":"\\ud800"}'), statuses: [400] },
    {
      title: 'bytes that are no UTF-8',
      bytes: posting(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
      statuses: [400],
    },
    { title: 'plain text', bytes: posting('{}', 'text/plain'), statuses: [400, 415] },
    { title: 'a type that is none', bytes: posting('{}', ';;;'), statuses: [400, 415] },
    { title: 'another character set', bytes: posting('{}', 'application/json; charset=utf-16'), statuses: [400, 415] },
    {
      title: 'a compressed body',
      bytes: posting('{}', 'application/json', ['Content-Encoding: gzip']),
      statuses: [400, 415],
    },
  ];
}
