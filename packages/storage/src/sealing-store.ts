import type { SealedRow } from './store-deps.ts';

/** A row that something is sealed or encrypted in under one of the sealing keys (K7). */
export type SealedThing =
  | {
      readonly kind: 'key' | 'internal_key';
      /** The digest, by which the row is found. */
      readonly id: string;
      readonly row: SealedRow;
      readonly seal: string;
    }
  | {
      /** An encrypted secret: of a webhook, or of a user's one-time passwords. */
      readonly kind: 'webhook' | 'totp';
      /** The id of the webhook, or of the user. */
      readonly id: string;
      readonly secret: string;
      readonly previousSecret: string | null;
    };

/** The kinds of such rows, in the order in which they are gone through. */
export const SEALED_KINDS = [
  'internal_key',
  'webhook',
  'totp',
  'key',
] as const satisfies readonly SealedThing['kind'][];

/** A place in a kind: after the row of this id, or before all. */
export type SealedPlace = { readonly kind: SealedThing['kind']; readonly after: string | null };

/** What a replacement of the sealing key goes through, a piece at a time. */
export type SealedThings = {
  /** Up to so many rows, by id, that something is sealed in under another key than that of this number. */
  underOthers(number: number, place: SealedPlace, most: number): Promise<readonly SealedThing[]>;
  /** Writes rows anew, each only if it is still as it was read; no event tells of that. */
  write(things: readonly { readonly before: SealedThing; readonly after: SealedThing }[]): Promise<void>;
  /** The number under which everything was sealed anew when the last replacement was done; null before the first. */
  resealedUnder(): Promise<number | null>;
};

/** Changes of the sealing key; their events stand in the installation's own log. */
export type SealingChanges = {
  /** From the commit on `to` seals: `check` is its check value. `already-so` when another process was faster. */
  replace(to: { readonly number: number; readonly check: string }): Promise<'replaced' | 'already-so'>;
  /** Everything is sealed under the key of this number; how many rows could not be, since no known key had sealed them. */
  finish(number: number, unreadable: number): Promise<'finished' | 'already-so'>;
};
