import { type DecisionCode, PERMISSIONS_HEADER_BYTES_LARGEST, type Permission } from '@claviger/core';

/** HTTP statuses of the dialects, the gateway and the middlewares (D10). */
export type DecisionStatus = 200 | 401 | 403 | 429 | 503;

const STATUSES: Readonly<Record<DecisionCode, DecisionStatus>> = {
  allowed: 200,
  malformed: 401,
  not_found: 401,
  expired: 401,
  disabled: 401,
  owner_disabled: 401,
  ip_not_allowed: 403,
  origin_not_allowed: 403,
  no_route_rule: 403,
  write_only_key: 403,
  insufficient_permission: 403,
  rate_limited: 429,
  stale: 503,
};

/** The HTTP status of a decision (D10). Not for `POST /v1/keys/verify`, which answers 200 to every well-formed question. */
export function statusOfDecision(code: DecisionCode): DecisionStatus {
  return STATUSES[code];
}

/** The `WWW-Authenticate` of a refusal with RFC 6750 codes, or null; `missing` is a request without any credential. */
export function challengeOf(code: DecisionCode | 'missing' | 'ambiguous'): string | null {
  const realm = 'Bearer realm="claviger"';
  if (code === 'missing') return realm;
  if (code === 'ambiguous') return `${realm}, error="invalid_request"`;
  if (STATUSES[code] === 401) return `${realm}, error="invalid_token"`;
  if (code === 'write_only_key' || code === 'insufficient_permission') return `${realm}, error="insufficient_scope"`;
  return null;
}

/** Every identity header, in the order sent. All are sent with every allow, so that nothing a client sent survives (D10). */
export const IDENTITY_HEADERS = [
  'Claviger-Key-Id',
  'Claviger-Key-Kind',
  'Claviger-Owner-Id',
  'Claviger-Account-Id',
  'Claviger-Permissions',
  'Claviger-Key-Expires',
] as const;

/**
 * Permissions as one header value: `type:operation:ids` with commas between, ids joined by `|`, each part percent-encoded
 * except for `*` and what needs no encoding in a URL, so that no name can forge a separator or break the header.
 * Longer than 2 KiB it is empty (D10): the receiver asks the verify endpoint instead, and never reads it as "nothing allowed".
 */
export function formatPermissions(permissions: readonly Permission[]): string {
  const parts = permissions.map(
    ({ resourceType, operation, ids }) => `${encode(resourceType)}:${encode(operation)}:${ids.map(encode).join('|')}`,
  );
  const value = parts.join(',');
  return value.length > PERMISSIONS_HEADER_BYTES_LARGEST ? '' : value;
}

function encode(part: string): string {
  return encodeURIComponent(part.toWellFormed());
}
