import type { InternalKeyId } from '@claviger/core';
import { expect, test } from 'vitest';
import { createInternalKeys, dropInternalKey, findInternalKeyByDigest, putInternalKey } from './internal-keys.ts';

const key = (number: number, digest: string) => ({
  id: `ikey_${number}` as InternalKeyId,
  purpose: 'verify' as const,
  accountIds: new Set<string>(),
  digest,
});

test('internal keys are told apart by their whole digests (K7, K11)', () => {
  const keys = createInternalKeys();
  const [first, second] = [key(1, `same${'a'.repeat(28)}`), key(2, `same${'a'.repeat(27)}b`)];
  putInternalKey(keys, first);
  putInternalKey(keys, second);
  expect(findInternalKeyByDigest(keys, first.digest)).toBe(first);
  expect(findInternalKeyByDigest(keys, second.digest)).toBe(second);
  expect(findInternalKeyByDigest(keys, `same${'a'.repeat(27)}c`)).toBeNull();
  expect(findInternalKeyByDigest(keys, 'same')).toBeNull();
  const moved = key(1, `else${'a'.repeat(28)}`);
  putInternalKey(keys, moved);
  expect(findInternalKeyByDigest(keys, first.digest)).toBeNull();
  expect(findInternalKeyByDigest(keys, moved.digest)).toBe(moved);
  for (const { id } of [first, second]) dropInternalKey(keys, id);
  expect([keys.byId.size, keys.byDigestStart.size]).toEqual([0, 0]);
});
