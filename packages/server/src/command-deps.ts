import { hash, randomBytes } from 'node:crypto';
import type { CommandDeps } from './commands/deps.ts';
import type { Config } from './config.ts';
import type { Installation } from './installation.ts';
import { createPasswords } from './passwords.ts';

/** What commands are given, whoever runs them: the HTTP side, jobs, or the operator. */
export async function commandDeps(config: Config, installation: Installation): Promise<CommandDeps> {
  return {
    read: (work) => installation.store.read(work),
    change: installation.change,
    randomBytes,
    digestOf: (text) => hash('sha256', text.reveal(), 'hex'),
    seal: (row) => installation.sealer.seal(row),
    sealer: installation.sealer,
    signer: installation.signer,
    checkpoints: () => installation.checkpoints.list(),
    passwords: await createPasswords(),
    keyPrefix: config.keyPrefix,
    acceptedPrefixes: [config.keyPrefix, ...config.formerKeyPrefixes],
    keysPerUserMost: config.keysPerUserMost,
    outboundAllow: config.outboundAllow,
  };
}
