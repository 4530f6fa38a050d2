import { createHash, hash } from 'node:crypto';

/** SHA-256 for verifier and follower by Node's own crypto: spread it into their deps. */
export type SystemDigests = {
  /** SHA-256 of a text, as 32 Latin-1 characters. */
  readonly sha256: (text: string) => string;
  /** SHA-256 of a UTF-8 text, as 64 hex characters. */
  readonly sha256Hex: (text: string) => string;
  /** SHA-256 of texts that come one after another, as 64 hex characters. */
  readonly startSha256: () => RunningSha256;
};

/** A digest over texts that come one after another. */
export type RunningSha256 = { add(text: string): void; hex(): string };

/** The digests of this process. */
export const systemDigests: SystemDigests = {
  sha256: (text) => hash('sha256', text, 'latin1'),
  sha256Hex: (text) => hash('sha256', text, 'hex'),
  startSha256: () => {
    const running = createHash('sha256');
    return {
      add: (text) => {
        running.update(text);
      },
      hex: () => running.digest('hex'),
    };
  },
};
