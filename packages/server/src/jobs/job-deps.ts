import type { CommandDeps } from '../commands/deps.ts';
import type { Config } from '../config.ts';
import type { PublicUrl } from '../config/public-url.ts';
import type { Installation } from '../installation.ts';
import type { Log } from '../logs.ts';

/** What jobs are made of. */
export type JobDeps = {
  readonly config: Config;
  readonly installation: Installation;
  readonly commands: CommandDeps;
  readonly log: Log;
  readonly publicUrl: PublicUrl;
  /** Writes down all uses of keys that this process counted up to now, or throws (D13). */
  readonly flushUses: () => Promise<void>;
};
