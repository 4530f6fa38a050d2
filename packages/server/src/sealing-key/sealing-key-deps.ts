import type { Config } from '../config.ts';
import type { Installation } from '../installation.ts';
import type { SealingKeyDeps } from './replace.ts';

/** What replacing the sealing key of an installation takes. */
export function sealingKeyDeps(config: Config, { store, change, sealer, clock, folder }: Installation): SealingKeyDeps {
  return {
    store: { sealedThings: store.sealedThings, sealingCheck: () => store.sealingCheck(), change },
    sealer,
    clock,
    folder,
    source: config.sealingKeys === null ? 'file' : 'setting',
    isShared: config.database.engine === 'postgres',
  };
}
