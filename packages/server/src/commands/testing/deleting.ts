import assert from 'node:assert/strict';
import type { Permission, UserId } from '@claviger/core';
import type { User } from '@claviger/storage';
import { deleteUser, type DeleteUserInput } from '../delete-user.ts';
import type { KeyWithSecret } from '../shown-key.ts';
import { testKey } from '../test-key.ts';
import type { Installation } from './installation.ts';
import type { Name, Scene } from './scene.ts';

/** Who gets the keys: somebody by name or id, or nobody, when they are deleted. */
export type To = Name | UserId | null;

/** Deletes somebody, by a session of somebody's. */
export async function remove(
  scene: Scene,
  [caller, of, to]: readonly [Name, Name, To],
  more: { readonly isWidening?: true; readonly isPreview?: true } = {},
) {
  const newOwnerId = to === null || to.startsWith('usr_') ? (to as UserId | null) : (await scene.person(to as Name)).id;
  const input: DeleteUserInput = {
    userId: (await scene.person(of)).id,
    reassignment: newOwnerId === null ? null : { newOwnerId, isWidening: more.isWidening ?? false },
    isPreview: more.isPreview ?? false,
  };
  return deleteUser(scene.deps, await scene.as(caller), input);
}

/** What a verifier would say of a key, and all that it may do. */
export async function tested(scene: Scene, { secret }: KeyWithSecret) {
  const { code, permissions } = await scene.answered(testKey(scene.deps, await scene.as('olga'), { key: secret }));
  return { code, permissions };
}

/** What a key is narrowed to. */
export const permissionsOf = async (
  scene: Scene,
  made: KeyWithSecret,
): Promise<readonly Permission[] | null | undefined> => (await scene.key(made.key.id))?.permissions;

/** The same session, used later: no new proof. */
export const atNow = (scene: Scene, context: Awaited<ReturnType<Scene['as']>>) => ({
  ...context,
  change: { ...context.change, now: scene.now, storable: scene.now },
});

/** A caller with a key, as whoever its owner is said to be. */
export async function asFormer(scene: Scene, user: User, { key, secret }: KeyWithSecret) {
  const { caller, change } = await scene.as('olga');
  const credential = { kind: 'key', keyId: key.id, isNarrowed: false, digest: scene.deps.digestOf(secret) } as const;
  return { caller: { ...caller, user, credential }, change };
}

/** What deleting would do; it must change nothing. */
export async function previewOf(scene: Scene, who: readonly [Name, Name, To]) {
  const { value, names } = await scene.done(remove(scene, who, { isPreview: true }));
  assert.deepEqual(names, []);
  return value;
}

/** The mails of a scene's account that wait to be sent, in the order in which they were queued. */
export function mailsOf(installation: Installation, { account }: Scene) {
  return installation
    .mails()
    .filter(({ account_id }) => account_id === account.id)
    .map(({ recipient, template, facts }) => ({ recipient, template, facts: JSON.parse(facts) as unknown }));
}
