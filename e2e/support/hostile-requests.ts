import { hostileBodies, hostileFraming } from './hostile-bodies.ts';
import { authorizationOf, type HostileRequest, type HostileTarget, requestOf } from './hostile-request.ts';

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
const MANY = 3_000;
const JSON_OF_TWO_BYTES = ['Content-Type: application/json', 'Content-Length: 2'];

/** All of them. */
export function hostileRequests(target: HostileTarget): readonly HostileRequest[] {
  return [...hostileLines(target), ...hostileHeaders(target), ...hostileFraming(target), ...hostileBodies(target)];
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
    { title: 'TRACE', bytes: requestOf(target, `TRACE ${target.path} HTTP/1.1`, [authorizationOf(target)]) },
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
      [authorizationOf(target), header, ...JSON_OF_TWO_BYTES],
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
    two('two Authorization headers', authorizationOf(target)),
    two('two kinds of credential', `X-Api-Key: ${target.credential}`),
  ];
}
