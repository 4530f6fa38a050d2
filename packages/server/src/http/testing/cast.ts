import {
  drawIdCharacters,
  drawSecretCharacters,
  formatKeyText,
  hintOf,
  type KeyId,
  keyIdOf,
  lifespan,
  ok,
  type Origin,
  type Permission,
  type Secret,
} from '@claviger/core';
import { type Account, type NewKey, type Session, sealedKey, type Store, type User } from '@claviger/storage';
import { drawSession } from '../../commands/new-session.ts';
import { type Name, onDatabase, openScene, type Scene } from '../../commands/testing/scene.ts';
import type { TestPlane } from './test-plane.ts';

/** How a caller shows who they are. */
export type CallerHeaders = Readonly<Record<string, string>>;

/** An account with its people: Olga (Owner), Adam and Ada (administrators), Rita and Rob (restricted). */
export type Cast = {
  readonly scene: Scene;
  /** Headers of a browser in which somebody is signed in, just proven. */
  session(name: Name): Promise<CallerHeaders>;
  newSession(user: User, parts?: Partial<Session>): Promise<Session & { readonly headers: CallerHeaders }>;
  /** Makes a key without asking any rule. */
  makeKey(owner: User, parts: Partial<NewKey>): Promise<KeyId>;
  makeKeyText(owner: User, parts: Partial<NewKey>): Promise<{ readonly id: KeyId; readonly text: Secret }>;
};

const NOBODY: Origin = {
  actor: { kind: 'operator' },
  ipAddress: null,
  userAgent: null,
  httpMethod: null,
  path: null,
  requestId: null,
};

/** Makes an account of its own on a test plane. Everything is arranged through the authority, so the verifier knows of it. */
export async function openCast(plane: TestPlane, settings: Partial<Account> = {}): Promise<Cast> {
  const { store, change } = plane.installation;
  const known: Store = { ...store, read: (work) => store.read(work), change };
  const { deps } = plane;
  const eventsAfter = (version: number) => plane.eventsAfter(version);
  const mails = () => plane.mails();
  const installation = { deps, store: known, eventsAfter, mails, close: async () => undefined };
  const scene = await openScene(installation, {}, settings);
  const newSession: Cast['newSession'] = async (user, parts = {}) => {
    const { session: drawn, token } = drawSession(deps, user, { now: plane.installation.clock.now(), origin: NOBODY });
    const session = { ...drawn, ...parts };
    await arrangeNow(plane, user, (sessions) => sessions.create(session));
    return { ...session, headers: { cookie: `claviger=${token.reveal()}`, origin: plane.origin } };
  };
  const makeKeyText: Cast['makeKeyText'] = async (owner, parts) => {
    const { key, text } = drawKey(plane, owner, parts);
    await scene.arrange((made) => made.keys.create(key));
    return { id: key.id, text };
  };
  return {
    scene,
    newSession,
    makeKeyText,
    session: async (name) => (await newSession(await scene.person(name))).headers,
    makeKey: async (owner, parts) => (await makeKeyText(owner, parts)).id,
  };
}

/** Headers of a program that shows a key. */
export function withKey(secret: Secret | string): CallerHeaders {
  return { authorization: `Bearer ${typeof secret === 'string' ? secret : secret.reveal()}` };
}

/** The permission to import into databases. */
export function onImport(...ids: readonly string[]): Permission {
  return onDatabase('import', ...ids);
}

type Sessions = Parameters<Parameters<Store['change']>[1]>[0]['sessions'];

async function arrangeNow(plane: TestPlane, user: User, work: (sessions: Sessions) => Promise<void>): Promise<void> {
  const now = plane.installation.clock.now();
  const context = { accountId: user.accountId, origin: NOBODY, now, storable: now, replay: null };
  await plane.installation.change<null, never>(context, async (change) => {
    await work(change.sessions);
    return ok(null);
  });
}

function drawKey(
  plane: TestPlane,
  owner: User,
  parts: Partial<NewKey>,
): { readonly key: NewKey; readonly text: Secret } {
  const { deps } = plane;
  const idCharacters = drawIdCharacters(deps.randomBytes);
  const kind = parts.kind ?? 'master';
  const text = formatKeyText({ prefix: 'clv', kind, idCharacters }, drawSecretCharacters(deps.randomBytes));
  const bare = { accountId: owner.accountId, id: keyIdOf(idCharacters), ownerId: owner.id, kind };
  const digest = deps.digestOf(text);
  const key: NewKey = {
    name: 'Made for a test',
    hint: hintOf(text),
    strength: 'full',
    createdAt: plane.installation.clock.now(),
    createdBy: owner.id,
    createdByKeyId: null,
    lifespan: lifespan(null),
    expiresAt: null,
    permissions: null,
    allowedIps: [],
    allowedOrigins: [],
    rateLimit: null,
    metadata: {},
    ...parts,
    ...bare,
    secret: { digest, seal: deps.seal(sealedKey(bare, digest)) },
  };
  return { key, text };
}
