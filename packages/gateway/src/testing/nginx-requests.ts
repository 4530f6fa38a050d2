import { parseRouteFile } from '../route-file.ts';
import type { RouteRules } from '../route-rules.ts';
import { ask, type RawAnswer } from './raw-http.ts';
import { keyText } from './sample-state.ts';

const EVENT = {
  method: 'POST',
  path: '/v3/event/:database/:table',
  operation: 'import',
  resource: 'database::database',
};
const FILE = {
  unmatched: 'refuse',
  rules: [
    { ...EVENT, allow_write_key_query: true },
    { method: 'GET', path: '/v3/table/:database', operation: 'query', resource: 'database::database' },
    { ...EVENT, path: '/v1/track/:database', key_header: 'X-Write-Key' },
    { ...EVENT, path: '/v1/own/:database', key_header: 'X-Service-Key' },
  ],
};

/** Route rules for imports and queries, and for keys in headers of their own. */
export function sampleRoutes(changes: object = {}): RouteRules {
  const parsed = parseRouteFile(JSON.stringify({ ...FILE, ...changes }));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.refusal));
  return parsed.value;
}

/** What nginx sends for a request with these headers, recorded from nginx 1.22 with the documented configuration. */
export function fromNginx(port: number, line: string, headers: readonly string[] = []): Promise<RawAnswer> {
  const [method = '', target = ''] = line.split(' ');
  return ask(port, [
    'GET /v1/authz/nginx HTTP/1.1',
    `X-Original-Method: ${method}`,
    `X-Original-URI: ${target}`,
    'X-Real-IP: 203.0.113.7',
    'X-Forwarded-For: 203.0.113.7',
    'User-Agent: curl/8.5.0',
    'Accept: */*',
    ...headers,
  ]);
}

/** Headers that show a key of the Owner, and the write-only key of the restricted user. */
export const MASTER = `Authorization: Bearer ${keyText(10)}`;
export const WRITE_ONLY = `X-Api-Key: ${keyText(11, 'write_only')}`;
