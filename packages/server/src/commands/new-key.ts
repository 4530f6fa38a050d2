import {
  drawIdCharacters,
  drawSecretCharacters,
  expiryOf,
  formatKeyText,
  hintOf,
  type Instant,
  keyIdOf,
  type Secret,
} from '@claviger/core';
import {
  type Change,
  createdKey,
  type Key,
  type NewKey,
  type NewSecret,
  sealedKey,
  type User,
} from '@claviger/storage';
import type { ActingUser } from './acting-user.ts';
import type { CommandDeps } from './deps.ts';

/** What making secrets takes. */
export type SecretDeps = Pick<CommandDeps, 'randomBytes' | 'digestOf' | 'seal' | 'keyPrefix'>;

/** What a command decides about a new key; text, id, digest and expiry are worked out here. */
export type KeyDraft = Pick<
  Key,
  | 'kind'
  | 'name'
  | 'lifespan'
  | 'createdBy'
  | 'createdByKeyId'
  | 'permissions'
  | 'allowedIps'
  | 'allowedOrigins'
  | 'rateLimit'
  | 'metadata'
> & { readonly owner: Pick<User, 'id' | 'accountId'>; readonly now: Instant };

/** A key and its text, which exists nowhere else from here on (K7). */
export type MadeKey = { readonly key: Key; readonly secret: Secret };

/** A secret as its keeper gets it and as the store gets it. */
export type DrawnSecret = { readonly text: Secret; readonly hint: string; readonly stored: NewSecret };

/** The text of a key of another system, as much of it as we ever get (K13). */
export type ImportedText = { readonly digest: string; readonly hint: string };

/** Draws before a clash of ids is taken for a broken random generator: 71 random bits do not meet eight times. */
const DRAWS_MOST = 8;

/** Creates a key in the store; an id that was ever used is drawn again (K10). */
export async function insertKey(deps: SecretDeps, change: Change, draft: KeyDraft): Promise<MadeKey> {
  for (let draw = 0; draw < DRAWS_MOST; draw += 1) {
    const { newKey, text } = drawKey(deps, draft);
    if ((await change.keys.create(newKey)) === 'created') return { key: createdKey(newKey), secret: text };
  }
  throw brokenGenerator();
}

/** Takes over a key of another system by the digest of its text (K13); `digest-taken` leaves nothing behind. */
export async function insertImportedKey(
  deps: SecretDeps,
  change: Change,
  { draft, text }: { readonly draft: KeyDraft; readonly text: ImportedText },
): Promise<Key | 'digest-taken'> {
  for (let draw = 0; draw < DRAWS_MOST; draw += 1) {
    const newKey = importedKey(deps, draft, text);
    const outcome = await change.keys.createImported(newKey);
    if (outcome === 'digest-taken') return outcome;
    if (outcome === 'imported') return createdKey(newKey);
  }
  throw brokenGenerator();
}

function brokenGenerator(): Error {
  return new Error(`${DRAWS_MOST} drawn key ids were all used before: the random generator is broken`);
}

/** Draws a new secret for a key; the text keeps the key's 12 id characters across rotations (K6, X5). */
export function drawSecret(deps: SecretDeps, key: Pick<Key, 'id' | 'accountId' | 'ownerId' | 'kind'>): DrawnSecret {
  const parts = { prefix: deps.keyPrefix, kind: key.kind, idCharacters: key.id.slice('key_'.length) };
  const text = formatKeyText(parts, drawSecretCharacters(deps.randomBytes));
  const digest = deps.digestOf(text);
  return { text, hint: hintOf(text), stored: { digest, seal: deps.seal(sealedKey(key, digest)) } };
}

/** Who is written down as a key's creator (K14). */
export function creatorOf(acting: ActingUser): Pick<Key, 'createdBy' | 'createdByKeyId'> {
  const { credential } = acting;
  return { createdBy: acting.user.id, createdByKeyId: credential.kind === 'key' ? credential.keyId : null };
}

function drawKey(deps: SecretDeps, draft: KeyDraft): { readonly newKey: NewKey; readonly text: Secret } {
  const identity = drawIdentity(deps, draft);
  const { text, hint, stored } = drawSecret(deps, identity);
  return { newKey: newKeyOf(draft, { ...identity, hint, strength: 'full', secret: stored }), text };
}

/** A key whose text was chosen elsewhere and is known by its digest alone: how strong it is nobody knows (K13). */
function importedKey(deps: SecretDeps, draft: KeyDraft, { digest, hint }: ImportedText): NewKey {
  const identity = drawIdentity(deps, draft);
  const secret = { digest, seal: deps.seal(sealedKey(identity, digest)) };
  return newKeyOf(draft, { ...identity, hint, strength: 'unknown', secret });
}

type Identity = Pick<Key, 'id' | 'accountId' | 'ownerId' | 'kind'>;

function drawIdentity(deps: SecretDeps, { owner, kind }: KeyDraft): Identity {
  const id = keyIdOf(drawIdCharacters(deps.randomBytes));
  return { id, accountId: owner.accountId, ownerId: owner.id, kind };
}

function newKeyOf(draft: KeyDraft, made: Identity & Pick<NewKey, 'hint' | 'strength' | 'secret'>): NewKey {
  const { owner: _owner, now, ...decided } = draft;
  // E4: the expiry is worked out once, here, and never moved later.
  return { ...decided, ...made, createdAt: now, expiresAt: expiryOf(now, draft.lifespan) };
}
