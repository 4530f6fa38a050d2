import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  drawIdCharacters,
  drawSecretCharacters,
  formatKeyText,
  instant,
  type KeyId,
  type Secret,
  sessionBounds,
} from '@claviger/core';
import type { ProblemCode } from '@claviger/contract';
import type { Change, Key, NewKey } from '@claviger/storage';
import { START } from '../../commands/testing/scene.ts';
import { type CallerHeaders, type Cast, withKey } from './cast.ts';
import type { TestPlane } from './test-plane.ts';

/** A caller whose credential is no good, and what every guarded route tells them. */
export type ClosedCaller = {
  readonly title: string;
  readonly code: ProblemCode;
  readonly headers: CallerHeaders;
  /** Something about them matters to some routes: narrowed keys, pages of other origins. */
  readonly isNarrowed?: true;
  readonly isForeignPage?: true;
};

/** All of them, for the Owner of an account: what matters is the credential, not who stands behind it. */
export async function closedCallers(plane: TestPlane, cast: Cast): Promise<readonly ClosedCaller[]> {
  return [...keyless(), ...(await withBadKeys(plane, cast)), ...(await withBadSessions(cast))];
}

function keyless(): readonly ClosedCaller[] {
  const unknown = formatKeyText(
    { prefix: 'clv', kind: 'master', idCharacters: drawIdCharacters(randomBytes) },
    drawSecretCharacters(randomBytes),
  );
  return [
    { title: 'nobody', code: 'credentials_required', headers: {} },
    { title: 'another scheme', code: 'credentials_required', headers: { authorization: 'Basic eDp5' } },
    { title: 'an unknown key', code: 'key_not_found', headers: withKey(unknown) },
    { title: 'a cut-off key', code: 'key_malformed', headers: withKey(unknown.reveal().slice(0, -1)) },
    { title: 'a made-up session', code: 'session_ended', headers: { cookie: `claviger=${'a'.repeat(43)}` } },
  ];
}

async function withBadKeys(plane: TestPlane, cast: Cast): Promise<readonly ClosedCaller[]> {
  const { scene } = cast;
  const olga = await scene.person('olga');
  const make = async (parts: Partial<NewKey>): Promise<CallerHeaders> =>
    withKey((await cast.makeKeyText(olga, parts)).text);
  const ended = async (end: (change: Change, key: Key) => Promise<unknown>): Promise<CallerHeaders> => {
    const { id, text } = await cast.makeKeyText(olga, {});
    await scene.arrange(async (change) => void (await end(change, await found(change, id))));
    return withKey(text);
  };
  const found = async (change: Change, id: KeyId): Promise<Key> => {
    const key = await change.read.keys.find(scene.account.id, id);
    if (key === null) throw new Error('the key that was just made is gone');
    return key;
  };
  const forced = { at: START, by: olga.id, reason: 'compromised', note: null } as const;
  const expired = { createdAt: instant(START - 1), expiresAt: START };
  const internal = readFileSync(plane.installation.folder.verifierKeyFile, 'utf8').trim();
  return [
    { title: 'a write-only key', code: 'write_only_key', headers: await make({ kind: 'write_only' }) },
    { title: 'an internal key', code: 'key_not_found', headers: withKey(internal) },
    { title: 'a key at the instant of its expiry', code: 'key_expired', headers: await make(expired) },
    {
      title: 'a key bound to another address',
      code: 'ip_not_allowed',
      headers: await make({ allowedIps: ['192.0.2.1'] }),
    },
    { title: 'a narrowed key', code: 'narrowed_key', headers: await make({ permissions: [] }), isNarrowed: true },
    {
      title: 'a force-expired key',
      code: 'key_expired',
      headers: await ended((change, key) => change.keys.forceExpire(key, forced)),
    },
    {
      title: 'a disabled key',
      code: 'key_disabled',
      headers: await ended((change, key) => change.keys.disable(key, 'request')),
    },
    { title: 'a deleted key', code: 'key_not_found', headers: await ended((change, key) => change.keys.delete(key)) },
    { title: 'a key of a disabled user', code: 'owner_disabled', headers: withKey(await keyOfDisabled(cast)) },
  ];
}

async function keyOfDisabled(cast: Cast): Promise<Secret> {
  const ada = await cast.scene.person('ada');
  const { text } = await cast.makeKeyText(ada, {});
  await cast.scene.arrange((change) => change.users.disable(ada));
  return text;
}

async function withBadSessions(cast: Cast): Promise<readonly ClosedCaller[]> {
  const olga = await cast.scene.person('olga');
  const good = await cast.newSession(olga);
  const { idleMs, longestMs } = sessionBounds(cast.scene.account.signIn);
  const idle = { lastSeenAt: instant(START - idleMs) };
  const old = { createdAt: instant(START - longestMs) };
  const key = withKey((await cast.makeKeyText(olga, {})).text);
  const ada = await cast.newSession(await cast.scene.person('ada'));
  return [
    {
      title: 'a session at the instant it idled out',
      code: 'session_ended',
      headers: (await cast.newSession(olga, idle)).headers,
    },
    {
      title: 'a session at the instant it is too old',
      code: 'session_ended',
      headers: (await cast.newSession(olga, old)).headers,
    },
    {
      title: 'an ended session',
      code: 'session_ended',
      headers: (await cast.newSession(olga, { endedAt: START })).headers,
    },
    { title: 'a session of a disabled user', code: 'session_ended', headers: ada.headers },
    { title: 'a session and a key', code: 'ambiguous_credentials', headers: { ...good.headers, ...key } },
    {
      title: 'the same key twice',
      code: 'ambiguous_credentials',
      headers: { ...key, 'x-api-key': key['authorization'] ?? '' },
    },
    {
      title: 'a page of another origin',
      code: 'origin_mismatch',
      headers: { ...good.headers, origin: 'https://evil.example' },
      isForeignPage: true,
    },
  ];
}
