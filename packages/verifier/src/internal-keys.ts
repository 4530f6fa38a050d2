import type { InternalKeyId } from '@claviger/core';

/** An internal key as decisions need it (K11). */
export type InternalKeyState = {
  readonly id: InternalKeyId;
  readonly purpose: 'verify' | 'feed';
  readonly accountIds: ReadonlySet<string>;
  /** SHA-256 of its text, as 32 Latin-1 characters. */
  readonly digest: string;
};

/** Internal keys are a handful: they lie in small lists, by the first characters of their digests. */
export type InternalKeys = {
  readonly byId: Map<InternalKeyId, InternalKeyState>;
  readonly byDigestStart: Map<string, readonly InternalKeyState[]>;
};

const START_LENGTH = 4;

/** No internal keys. */
export function createInternalKeys(): InternalKeys {
  return { byId: new Map(), byDigestStart: new Map() };
}

/** Inserts an internal key, or puts it in the place of its former state. */
export function putInternalKey(keys: InternalKeys, key: InternalKeyState): void {
  dropInternalKey(keys, key.id);
  keys.byId.set(key.id, key);
  const start = key.digest.slice(0, START_LENGTH);
  keys.byDigestStart.set(start, [...(keys.byDigestStart.get(start) ?? []), key]);
}

/** Takes an internal key out; an absent one changes nothing. */
export function dropInternalKey(keys: InternalKeys, id: InternalKeyId): void {
  const former = keys.byId.get(id);
  if (former === undefined) return;
  keys.byId.delete(id);
  const start = former.digest.slice(0, START_LENGTH);
  const others = (keys.byDigestStart.get(start) ?? []).filter((key) => key.id !== id);
  if (others.length === 0) keys.byDigestStart.delete(start);
  else keys.byDigestStart.set(start, others);
}

/** The internal key with this digest, or null. Whole digests are compared without early exit. */
export function findInternalKeyByDigest(keys: InternalKeys, digest: string): InternalKeyState | null {
  const candidates = keys.byDigestStart.get(digest.slice(0, START_LENGTH)) ?? [];
  return candidates.find((key) => isSameDigest(key.digest, digest)) ?? null;
}

function isSameDigest(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < a.length; index += 1) difference |= a.charCodeAt(index) ^ b.charCodeAt(index);
  return difference === 0;
}
