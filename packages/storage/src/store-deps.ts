import type { AuditEvent, KeyKind } from '@claviger/core';

/** What the store needs of the outside: no clock, no keys of its own. */
export type StoreDeps = {
  readonly sha256: (text: string) => string;
  /** Signs the chain's head, hex (Ed25519, A4). */
  sign(text: string): string;
  /** Whether a head's signature is ours; a head that is not is refused at start. */
  isSigned(text: string, signature: string): boolean;
  /** Whether a row's seal fits (K7): a row that somebody else wrote is not a key. */
  isSealed(row: SealedRow, seal: string): boolean;
  newEventId(): AuditEvent['id'];
  /** Told of every row whose seal does not fit, by key id. */
  onBrokenSeal(keyId: string): void;
};

/** What a seal covers (K7); `sealedKey` and `sealedInternalKey` make it, so that sealing and checking never differ. */
export type SealedRow = {
  readonly accountId: string;
  readonly keyId: string;
  readonly ownerId: string;
  readonly kind: KeyKind | 'internal';
  readonly digest: string;
};
