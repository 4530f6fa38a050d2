import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { newEventId } from '@claviger/core';
import type { StoreDeps } from '@claviger/storage';

/** SHA-256 of a text, hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What a store needs of the outside, for tests that open one themselves: several with the same key are one installation. */
export function storeDeps(signingKeyPem: string): StoreDeps {
  const privateKey = createPrivateKey(signingKeyPem);
  const publicKey = createPublicKey(signingKeyPem);
  return {
    sha256,
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('hex'),
    isSigned: (text, signature) => verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'hex')),
    // What is sealed, and how, is the server's to test.
    isSealed: (row, seal) => seal === sha256(JSON.stringify(row)),
    newEventId: () => newEventId(randomBytes),
    onBrokenSeal: (keyId) => {
      throw new Error(`the seal of ${keyId} is broken`);
    },
  };
}
