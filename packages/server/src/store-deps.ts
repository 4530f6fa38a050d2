import { createPublicKey, hash, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import { newEventId } from '@claviger/core';
import type { StoreDeps } from '@claviger/storage';
import type { Log } from './logs.ts';
import type { Sealer } from './sealing.ts';

/** Signs what leaves the log, and names the key that proves it (A4). */
export type LogSigner = {
  /** Ed25519, hex. */
  sign(text: string): string;
  /** SHA-256 of the public key's DER form, hex: which `signing-key.pub` to take. */
  readonly publicKeyId: string;
};

/** The signer of an installation. */
export function logSignerOf(signingKey: KeyObject): LogSigner {
  return {
    sign: (text) => sign(null, Buffer.from(text), signingKey).toString('hex'),
    publicKeyId: publicKeyIdOf(createPublicKey(signingKey)),
  };
}

/** The id of a public key. */
function publicKeyIdOf(publicKey: KeyObject): string {
  return hash('sha256', publicKey.export({ type: 'spki', format: 'der' }), 'hex');
}

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
