import { type RouteName, routeOf } from '@claviger/contract';
import type { CallArguments, CallResult, Sending } from './call.ts';
import { readAnswer } from './read-answer.ts';
import { type PathValues, type QueryValues, requestUrl } from './request-url.ts';

/** Who calls: the holder of a key, the holder of a session cookie (`name=value`), or, in a browser and for calls that ask for none, nobody. */
export type ClientCredential = { readonly key: string } | { readonly cookie: string } | null;

/** What a client needs to know. */
export type ClientSettings = {
  /** The public URL of the control plane, or the data plane's address for verification. */
  readonly baseUrl: string;
  readonly credential: ClientCredential;
  /** How to fetch; the platform's own unless a test or a proxy wants another. */
  readonly fetch?: typeof fetch;
};

/** The API, call by call. */
export type Client = {
  /**
   * Calls a route by its name in the route table. A "no" comes back as a value with its problem; it throws only when no
   * answer of the API came back at all.
   */
  readonly call: <Name extends RouteName>(name: Name, ...input: CallArguments<Name>) => Promise<CallResult<Name>>;
};

/**
 * Makes a typed client of the API. Keep in mind that a refused call does not throw: look at `ok` first.
 *
 * ```ts
 * const client = createClient({ baseUrl, credential: { key } });
 * const listed = await client.call('list_keys', { query: { status: 'expiring' } });
 * if (!listed.ok) throw new Error(listed.problem.detail);
 * const names = listed.value.data.map(({ name, expires_at }) => `${name} until ${expires_at}`);
 * ```
 */
export function createClient(settings: ClientSettings): Client {
  const send = settings.fetch ?? fetch;
  return {
    async call(name, ...[input]) {
      const { url, init } = requestOf(settings, name, (input ?? {}) as LooseInput);
      return readAnswer(await send(url, init));
    },
  };
}

/** Any call's input, once its own types have done their work. */
type LooseInput = Sending & { readonly params?: PathValues; readonly query?: QueryValues; readonly body?: unknown };

function requestOf(
  { baseUrl, credential }: ClientSettings,
  name: RouteName,
  { params = {}, query = {}, body, idempotencyKey, signal }: LooseInput,
): { readonly url: string; readonly init: RequestInit } {
  const { method, path } = routeOf(name);
  const headers = new Headers({ accept: 'application/json, application/problem+json' });
  for (const [header, value] of credentialHeaders(credential, baseUrl)) headers.set(header, value);
  if (body !== undefined) headers.set('content-type', 'application/json');
  if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey);
  const init: RequestInit = {
    method,
    headers,
    // A redirect could carry the key to another place.
    redirect: 'error',
    credentials: 'same-origin',
    cache: 'no-store',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  };
  return { url: requestUrl(baseUrl, path, { params, query }), init };
}

function credentialHeaders(credential: ClientCredential, baseUrl: string): readonly (readonly [string, string])[] {
  if (credential === null) return [];
  if ('key' in credential) return [['authorization', `Bearer ${credential.key}`]];
  // Outside of browsers nobody else says where the request comes from, and changes by a session need it.
  return [
    ['cookie', credential.cookie],
    ['origin', new URL(baseUrl).origin],
  ];
}
