/** A request that no well-behaved client sends. */
export type HostileRequest = {
  readonly title: string;
  readonly bytes: Buffer;
  /** The statuses that may answer it; any refusal (400 to 499), or a closed connection, when there are none. */
  readonly statuses?: readonly number[];
  /** The problem's code, where the API fixes it. */
  readonly code?: string;
};

/** What hostile requests are made for. */
export type HostileTarget = {
  readonly host: string;
  /** A path that takes a POST with a JSON body, and a credential that may call it. */
  readonly path: string;
  readonly credential: string;
  /** Bytes; the largest body that the path takes. */
  readonly bodyLargest: number;
};

const TARGETS = [
  '//',
  '/%',
  '/%ff',
  'http://[',
  '/\\',
  '//[',
  '*',
  'http://x:99999/',
  '/..%2f..%2f',
  '/%00',
  '/?%',
  '/#',
];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'FOO', 'get'];
/** Deep enough to break a parser that recurses. */
const DEPTH = 100_000;
const MANY = 3_000;
const JSON_OF_TWO_BYTES = ['Content-Type: application/json', 'Content-Length: 2'];

const authorization = (target: HostileTarget): string => `Authorization: Bearer ${target.credential}`;

/** All of them. */
export function hostileRequests(target: HostileTarget): readonly HostileRequest[] {
  return [...hostileLines(target), ...hostileHeaders(target), ...hostileFraming(target), ...hostileBodies(target)];
}

function requestOf(target: HostileTarget, line: string, headers: readonly string[] = [], body = ''): Buffer {
  return Buffer.from([line, `Host: ${target.host}`, 'Connection: close', ...headers, '', body].join('\r\n'), 'latin1');
}

/** Request lines that two programs may read differently, or that nothing here answers. */
function hostileLines(target: HostileTarget): readonly HostileRequest[] {
  const request = (line: string): Buffer => requestOf(target, line);
  return [
    ...METHODS.flatMap((method) =>
      TARGETS.map((path) => ({
        title: `${method} ${path}`,
        bytes: request(`${method} ${path} HTTP/1.1`),
        ...(method === 'OPTIONS' ? { statuses: [204, 400, 404, 405] } : {}),
      })),
    ),
    { title: 'TRACE', bytes: requestOf(target, `TRACE ${target.path} HTTP/1.1`, [authorization(target)]) },
    { title: 'CONNECT', bytes: request('CONNECT example.com:443 HTTP/1.1') },
    { title: 'a long target', bytes: request(`GET /${'a'.repeat(12_000)} HTTP/1.1`) },
    { title: 'bytes beyond ASCII in the target', bytes: request('GET /\xff\xfe HTTP/1.1') },
    { title: 'a line without a version', bytes: Buffer.from('GET /\r\n\r\n') },
    { title: 'an unknown version', bytes: request('GET / HTTP/9.9') },
    { title: 'the preface of HTTP/2', bytes: Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n') },
  ];
}

/** Headers that are too large, too many, malformed, or that contradict each other. */
function hostileHeaders(target: HostileTarget): readonly HostileRequest[] {
  const request = (...headers: readonly string[]): Buffer => requestOf(target, 'GET /nowhere HTTP/1.1', headers);
  const two = (title: string, header: string): HostileRequest => ({
    title,
    bytes: requestOf(
      target,
      `POST ${target.path} HTTP/1.1`,
      [authorization(target), header, ...JSON_OF_TWO_BYTES],
      '{}',
    ),
    statuses: [400],
    code: 'ambiguous_credentials',
  });
  const lines = (end: string): string =>
    ['GET /nowhere HTTP/1.1', `Host: ${target.host}`, 'Connection: close', '', ''].join(end);
  return [
    { title: 'no Host', bytes: Buffer.from('GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n') },
    { title: 'two Hosts', bytes: request('Host: other.example') },
    { title: 'bare line feeds', bytes: Buffer.from(lines('\n')) },
    { title: 'bare carriage returns', bytes: Buffer.from(`${lines('\r')}\r\n\r\n`) },
    { title: 'a folded header', bytes: request('X-A: 1\r\n 2') },
    { title: 'a NUL in a header', bytes: request('X-A: \0') },
    { title: 'a space before the colon', bytes: request('X-A : 1') },
    { title: 'a huge header', bytes: request(`X-A: ${'a'.repeat(100_000)}`), statuses: [431] },
    { title: 'many headers', bytes: request(...Array.from({ length: MANY }, (_, index) => `X-${index}: 1`)) },
    { title: 'an upgrade', bytes: request('Upgrade: websocket') },
    two('two Authorization headers', authorization(target)),
    two('two kinds of credential', `X-Api-Key: ${target.credential}`),
  ];
}

/** Bodies whose length is said twice, not at all, or wrongly. */
function hostileFraming(target: HostileTarget): readonly HostileRequest[] {
  const posting = (headers: readonly string[], body = ''): Buffer => {
    const always = [authorization(target), 'Content-Type: application/json'];
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
function hostileBodies({ host, path, credential, bodyLargest }: HostileTarget): readonly HostileRequest[] {
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
