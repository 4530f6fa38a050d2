import type { PublicUrl } from '../config/public-url.ts';

/** Methods that change nothing: a foreign page may make a browser send them, and learns nothing from it. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What a browser says of the page that sent a request. */
export type RequestOrigin = { readonly method: string; readonly origins: readonly string[] };

/**
 * Whether a request that a browser's cookie speaks for comes from our own pages. An unsafe method needs an `Origin`, exactly one, of
 * ours: SameSite alone lets pages of sibling domains through.
 */
export function isOwnOrigin(request: RequestOrigin, publicUrl: PublicUrl): boolean {
  if (SAFE_METHODS.has(request.method)) return true;
  const [origin, second] = request.origins;
  return origin !== undefined && second === undefined && publicUrl.sameOrigins.includes(origin);
}

/** Whether a request without a cookie may start a session: programs send no `Origin`, browsers must send ours. */
export function maySignInFrom(request: RequestOrigin, publicUrl: PublicUrl): boolean {
  return request.origins.length === 0 || isOwnOrigin(request, publicUrl);
}

/** All values of a header, in the order in which they came. */
export function headerValues(rawHeaders: readonly string[], name: string): readonly string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === name) values.push(rawHeaders[index + 1] ?? '');
  }
  return values;
}
