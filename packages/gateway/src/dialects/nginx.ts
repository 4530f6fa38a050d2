import type { Dialect, OriginalRequest } from './dialect.ts';

/**
 * nginx's `auth_request`: the original request comes in `X-Original-Method` and `X-Original-URI`, set by the configuration
 * in docs/guides/nginx.md. nginx takes 2xx, 401 and 403 for an answer and makes a 500 of all else, so 429 and 503 travel as
 * 403 with the real status in `Claviger-Status` (D10).
 */
export const NGINX: Dialect = {
  name: 'nginx',
  readOriginal,
  statusFor: (status) => (status === 401 ? 401 : 403),
};

/** Headers by which some frameworks let a client name another method than the one it used. */
const OVERRIDES = new Set(['x-http-method-override', 'x-http-method', 'x-method-override']);

const DOUBLED = Symbol('doubled');
type Single = string | typeof DOUBLED | null;

/** One pass; lengths are compared first, since most headers are none of these. */
function readOriginal(rawHeaders: readonly string[]): OriginalRequest {
  let method: Single = null;
  let target: Single = null;
  let origin: Single = null;
  const overridingMethods: string[] = [];
  const forwardedFor: string[] = [];
  const realIp: string[] = [];
  const proxyKeys: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const length = (rawHeaders[index] as string).length;
    if (length < 6 || length > 22) continue;
    const name = (rawHeaders[index] as string).toLowerCase();
    const value = rawHeaders[index + 1] as string;
    switch (name) {
      case 'x-original-method':
        method = once(method, value);
        break;
      case 'x-original-uri':
        target = once(target, value);
        break;
      case 'origin':
        origin = once(origin, value);
        break;
      case 'x-forwarded-for':
        forwardedFor.push(value);
        break;
      case 'x-real-ip':
        realIp.push(value);
        break;
      case 'claviger-proxy-key':
        proxyKeys.push(value);
        break;
      default:
        if (OVERRIDES.has(name)) overridingMethods.push(value);
    }
  }
  return {
    method: settled(method),
    target: settled(target),
    origin: settled(origin),
    forwardedFor,
    realIp,
    overridingMethods,
    proxyKeys,
  };
}

function once(before: Single, value: string): Single {
  return before === null ? value : DOUBLED;
}

function settled(value: Single): string | null {
  return value === DOUBLED ? null : value;
}
