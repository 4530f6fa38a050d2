import type { AnswerOf, KeyObject, KeyWithSecretObject } from '@claviger/contract';
import { SETUP_TOKEN } from './claviger-process.ts';

/** An answer of the API, read to its end. */
export type Answer<T> = { readonly status: number; readonly headers: Headers; readonly body: T; readonly text: string };

/** What goes along with a call. */
export type CallOptions = {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Calls of one caller on the control plane. */
export type Api = {
  /** Makes a call and answers with whatever came back. */
  call<T>(method: string, path: string, options?: CallOptions): Promise<Answer<T>>;
  /** The same, for calls that must succeed: throws with the problem when they do not. */
  must<T>(method: string, path: string, options?: CallOptions): Promise<T>;
};

/** The Owner of a new installation: a caller with a master key, one with the session, and what set-up made. */
export type Owner = {
  readonly api: Api;
  readonly session: Api;
  /** The text of the session's cookie. */
  readonly sessionToken: string;
  readonly userId: string;
  readonly accountId: string;
  readonly master: KeyWithSecretObject;
  readonly writeOnly: KeyWithSecretObject;
};

/** What the Owner of every installation of the tests signs in with. */
export const OWNER_EMAIL = 'owner@system.example';
export const OWNER_PASSWORD = 'correct horse battery staple';

/** Makes calls with these headers; connections are kept alive. */
export function createApi(base: string, headers: Readonly<Record<string, string>>): Api {
  const call = async <T>(method: string, path: string, options: CallOptions = {}): Promise<Answer<T>> => {
    const hasBody = options.body !== undefined;
    const answer = await fetch(`${base}${path}`, {
      method,
      headers: { ...(hasBody ? { 'content-type': 'application/json' } : {}), ...headers, ...options.headers },
      ...(hasBody ? { body: JSON.stringify(options.body) } : {}),
    });
    const text = await answer.text();
    const isJson = /[/+]json(?:;|$)/.test(answer.headers.get('content-type') ?? '');
    return { status: answer.status, headers: answer.headers, text, body: (isJson ? JSON.parse(text) : null) as T };
  };
  return {
    call,
    must: async <T>(method: string, path: string, options?: CallOptions): Promise<T> => {
      const answer = await call<T>(method, path, options);
      if (answer.status < 300) return answer.body;
      throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
    },
  };
}

/** Calls with a key as the credential. */
export function apiWithKey(base: string, secret: string): Api {
  return createApi(base, { authorization: `Bearer ${secret}` });
}

/** Sets up a new installation (T2). */
export async function setUp(base: string): Promise<Owner> {
  const owner = { email: OWNER_EMAIL, name: 'Owner', password: OWNER_PASSWORD };
  const body = { token: SETUP_TOKEN, account: { name: 'System tests' }, owner };
  const answer = await createApi(base, {}).call<AnswerOf<'setup'>>('POST', '/v1/setup', { body });
  if (answer.status !== 201) throw new Error(`set-up answered ${answer.status}: ${answer.text}`);
  const { user, account, keys } = answer.body;
  const master = keyOfKind(keys, 'master');
  const cookie = cookieOf(answer.headers);
  return {
    api: apiWithKey(base, secretOf(master)),
    session: createApi(base, { cookie, origin: base }),
    sessionToken: cookie.slice(cookie.indexOf('=') + 1),
    userId: user.id,
    accountId: account.id,
    master,
    writeOnly: keyOfKind(keys, 'write_only'),
  };
}

/** The secret of an answer that shows one. */
export function secretOf(key: KeyWithSecretObject): string {
  if (key.secret === undefined) throw new Error(`the answer about ${key.id} has no secret`);
  return key.secret;
}

/** The one key of a kind. */
export function keyOfKind<K extends KeyObject>(keys: readonly K[], kind: KeyObject['kind']): K {
  const key = keys.find((candidate) => candidate.kind === kind);
  if (key === undefined) throw new Error(`no ${kind} key`);
  return key;
}

/** The cookies that an answer sets, as the next request sends them. */
export function cookieOf(headers: Headers): string {
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}
