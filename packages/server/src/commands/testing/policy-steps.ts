import { DAY_MS, type Instant, lifespan, plusMs } from '@claviger/core';
import { applyPolicy } from '../apply-policy.ts';
import { changeExpirationPolicy } from '../change-expiration-policy.ts';
import { type PolicyApplicationPreview, previewPolicyApplication } from '../preview-policy-application.ts';
import { type Name, type Scene, START } from './scene.ts';

/** The usual terms of applying a policy. */
export const TERMS = { noticeDays: 30, maxSharePercent: 10 };

/** So many days after a scene began. */
export const days = (count: number): Instant => plusMs(START, count * DAY_MS);

/** Sets the account's expiration policy, as the Owner. */
export async function setPolicy(scene: Scene, master: number | null, write_only: number | null = null): Promise<void> {
  const lifespans = { master: lifespan(master), write_only: lifespan(write_only) };
  await scene.done(changeExpirationPolicy(scene.deps, await scene.as('olga'), { lifespans }));
}

/** Previews what applying it would do. */
export async function preview(scene: Scene, name: Name = 'olga', terms = TERMS): Promise<PolicyApplicationPreview> {
  return scene.answered(previewPolicyApplication(scene.deps, await scene.as(name), terms));
}

/** Acts on a preview. */
export async function apply(
  scene: Scene,
  { token }: { readonly token: string },
  name: Name = 'olga',
): ReturnType<typeof applyPolicy> {
  return applyPolicy(scene.deps, await scene.as(name), { previewToken: token });
}

/** When a key ends. */
export async function endOf(
  scene: Scene,
  { key }: { readonly key: { readonly id: Parameters<Scene['key']>[0] } },
): Promise<Instant | null | undefined> {
  return (await scene.key(key.id))?.expiresAt;
}
