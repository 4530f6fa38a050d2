import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import type { Passwords } from './commands/deps.ts';

/** OWASP's first choice for argon2id, which is algorithm 2: 19 MiB, two passes, one lane (U7). */
const COST = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Password hashing with argon2id. An unknown user costs the same time as a wrong password: both are verified. */
export async function createPasswords(): Promise<Passwords> {
  const decoy = await hash(randomBytes(32).toString('base64url'), COST);
  return {
    hash: (password) => hash(password.reveal(), COST),
    matches: async (password, stored) => {
      const fits = await verify(stored ?? decoy, password.reveal());
      return fits && stored !== null;
    },
  };
}
