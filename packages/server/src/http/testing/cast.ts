import { ok } from '@claviger/core';
import type { Store } from '@claviger/storage';
import { drawSession } from '../../commands/new-session.ts';
import { type Name, openScene, type Scene } from '../../commands/testing/scene.ts';
import type { TestPlane } from './test-plane.ts';

/** An account with its people: Olga (Owner), Adam and Ada (administrators), Rita and Rob (restricted). */
export type Cast = {
  readonly scene: Scene;
  /** Headers of a browser in which somebody is signed in, just proven. */
  session(name: Name): Promise<Readonly<Record<string, string>>>;
};

/** Makes an account of its own on a test plane. Everything is arranged through the authority, so the verifier knows of it. */
export async function openCast(plane: TestPlane): Promise<Cast> {
  const { store, change } = plane.installation;
  const known: Store = { ...store, read: (work) => store.read(work), change };
  const scene = await openScene({
    deps: plane.deps,
    store: known,
    eventsAfter: plane.eventsAfter,
    close: async () => undefined,
  });
  return { scene, session: (name) => signedIn(plane, scene, name) };
}

async function signedIn(plane: TestPlane, scene: Scene, name: Name): Promise<Readonly<Record<string, string>>> {
  const user = await scene.person(name);
  const now = plane.installation.clock.now();
  const origin = {
    actor: { kind: 'operator' },
    ipAddress: null,
    userAgent: null,
    httpMethod: null,
    path: null,
    requestId: null,
  } as const;
  const { session, token } = drawSession(plane.deps, user, { now, origin });
  const context = { accountId: user.accountId, origin, now, storable: now, replay: null };
  await plane.installation.change<null, never>(context, async (change) => {
    await change.sessions.create(session);
    return ok(null);
  });
  return { cookie: `claviger=${token.reveal()}`, origin: plane.origin };
}

/** Headers of a program that shows a key. */
export function withKey(secret: { reveal(): string } | string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${typeof secret === 'string' ? secret : secret.reveal()}` };
}
