import { createPublicKey, hash, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import { newEventId } from '@claviger/core';
import type { StoreDeps } from '@claviger/storage';
import type { Log } from './logs.ts';
import type { Sealer } from './sealing.ts';

/** What the store is given: digests, seals, and the key that signs the chain's head (K7, A4). */
export function storeDepsOf(sealer: Sealer, signingKey: KeyObject, log: Log): StoreDeps {
  const publicKey = createPublicKey(signingKey);
  return {
    sha256: (text) => hash('sha256', text, 'hex'),
    sign: (text) => sign(null, Buffer.from(text), signingKey).toString('hex'),
    isSigned: (text, signature) => verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'hex')),
    isSealed: (row, seal) => sealer.isSealed(row, seal),
    newEventId: () => newEventId(randomBytes),
    onBrokenSeal: (keyId) =>
      log.error({ alarm: 'broken_seal', keyId }, 'a row does not fit its seal and is not a key: who wrote it?'),
  };
}
