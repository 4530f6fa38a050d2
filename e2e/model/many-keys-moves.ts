import type { Random } from '../support/random.ts';
import {
  expectEvent,
  type HeldKey,
  isDead,
  lifespanInForce,
  type Model,
  mayManage,
  type Person,
  personOf,
} from './facts.ts';
import { listKeys } from './listing.ts';
import { pickCredential, type Plan } from './move.ts';
import { dayMs } from './time.ts';
import type { World } from './world.ts';

type Counts = { readonly keys: number };

/** The living keys that somebody may manage. */
function livingKeysOf(model: Model, person: Person): readonly HeldKey[] {
  return [...model.keys.values()].filter(
    (key) => !key.isDeleted && !isDead(model, key) && mayManage(person, personOf(model, key.ownerId)),
  );
}

/** Brings existing keys under the policy (E6): previewed with notice and spread, then exactly that, with a session. */
export const applyPolicy: Plan = async (world, random) => {
  const { model } = world;
  const credential = await pickCredential(world, random);
  if (credential?.kind !== 'session' || credential.person.type === 'restricted') return null;
  const terms = { notice_days: random.pick([1, 7, 30, 365]), max_share_percent: random.pick([10, 50, 100]) };
  const preview = await world.call(credential, 'POST', '/v1/expiration-policy/preview', terms);
  if (preview.status !== 200) throw new Error(`the preview answered ${JSON.stringify(preview.body)}`);
  const previewed = (preview.body['counts'] as Counts).keys;
  const candidates = livingKeysOf(model, credential.person).flatMap((key) =>
    candidateOf(model, key, terms.notice_days),
  );
  if (previewed > candidates.length) throw new Error(`${previewed} keys are previewed of ${candidates.length}`);
  return {
    credential,
    method: 'POST',
    path: '/v1/expiration-policy/apply',
    body: { preview_token: preview.body['preview_token'] },
    refusal: null,
    apply: async ({ body }) => {
      const { keys } = body['counts'] as Counts;
      if (keys !== previewed) throw new Error(`${keys} keys were shortened, but ${previewed} previewed`);
      expectEvent(model, 'expiration_policy.applied', keys === 0 ? 0 : 1);
      expectEvent(model, 'key.expiry_shortened', keys);
      await takeNewEnds(world, random, { candidates, keys });
      return null;
    },
  };
};

/** A key that the policy would end earlier than it ends now, and how early at the earliest. */
type Candidate = { readonly key: HeldKey; readonly earliest: number };

function candidateOf(model: Model, key: HeldKey, noticeDays: number): readonly Candidate[] {
  const lifespan = lifespanInForce(model, personOf(model, key.ownerId), key.kind);
  if (lifespan === null) return [];
  const madeAt = key.rotation?.rotatedAt ?? key.createdAt;
  const earliest = Math.max(madeAt + dayMs(lifespan), model.now + dayMs(noticeDays));
  return key.expiresAt !== null && key.expiresAt <= earliest ? [] : [{ key, earliest }];
}

/** Which day the spread gave to which key is the server's choice; that it stays within the rules is not. */
async function takeNewEnds(
  world: World,
  random: Random,
  { candidates, keys }: { readonly candidates: readonly Candidate[]; readonly keys: number },
): Promise<void> {
  const listed = await listKeys(world, random);
  let shortened = 0;
  for (const { key, earliest } of candidates) {
    const shown = listed.get(key.id)?.expires_at ?? null;
    const end = shown === null ? null : Date.parse(shown);
    if (end === key.expiresAt) continue;
    const isWithin = end !== null && end >= earliest && (key.expiresAt === null || end < key.expiresAt);
    if (!isWithin)
      throw new Error(`${key.id} ends at ${shown}, before ${new Date(earliest).toISOString()} or later than it did`);
    key.expiresAt = end;
    for (const secret of key.secrets) {
      if (!secret.isCurrent && secret.endsAt !== null && secret.endsAt > end) secret.endsAt = end;
    }
    if (key.rotation !== null && key.rotation.previousEndsAt > end) key.rotation.previousEndsAt = end;
    shortened += 1;
  }
  if (shortened !== keys) throw new Error(`${shortened} keys end earlier, but ${keys} were told of`);
}

/** Force-expires many keys at once: exactly the previewed ones (X6). */
export const forceExpireMany: Plan = async (world, random) => {
  const { model } = world;
  const credential = await pickCredential(world, random);
  if (credential?.kind !== 'session' || random.below(3) > 0) return null;
  const { person } = credential;
  // Names end in the number of the key: now and then one digit, at most a tenth of all keys.
  const suffix = String(random.below(10)) + String(random.below(10));
  const kind = random.pick(['master', 'write_only'] as const);
  const preview = await world.call(credential, 'POST', '/v1/keys/force-expire', {
    preview: true,
    kind,
    name_pattern: `*${suffix}`,
  });
  if (preview.status !== 200) throw new Error(`the preview answered ${JSON.stringify(preview.body)}`);
  const expected = livingKeysOf(model, person).filter((key) => key.kind === kind && key.name.endsWith(suffix));
  const { keys } = preview.body['counts'] as Counts;
  if (keys !== expected.length) throw new Error(`${keys} keys are previewed, not ${expected.length}`);
  return {
    credential,
    method: 'POST',
    path: '/v1/keys/force-expire',
    body: { preview_token: preview.body['preview_token'], reason: 'superseded' },
    refusal: null,
    apply: () => {
      for (const key of expected) key.forced = { at: model.now, by: person.id, reason: 'superseded', note: null };
      expectEvent(model, 'key.force_expired', expected.length);
      return null;
    },
  };
};
